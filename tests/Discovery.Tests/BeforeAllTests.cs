using Discovery.Simulation.Services;

namespace Discovery.Tests;

[SetUpFixture]
public sealed class BeforeAllTests
{
    [OneTimeSetUp]
    public void Calibrate() => ThreadPoolRest.Calibrate();
}
