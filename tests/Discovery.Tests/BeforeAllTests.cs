using Discovery.Tests.Support;

namespace Discovery.Tests;

[SetUpFixture]
public sealed class BeforeAllTests
{
    [OneTimeSetUp]
    public void Calibrate() => TimeSteps.Calibrate();
}
