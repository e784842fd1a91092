using Discovery.Service;

namespace Discovery.Tests.Service.Maintenance;

public sealed class MessageRatesTests
{
    [Test]
    public void AMinuteIsTheLeastThatTellsOfAMinute()
    {
        MessageRates rates = new();
        Assert.That(rates.Read((5, 5), TimeSpan.Zero), Is.EqualTo((0.0, 0.0)));
        rates.Note((0, 0), TimeSpan.Zero);
        Assert.That(rates.Read((24, 12), TimeSpan.FromMilliseconds(10)), Is.EqualTo((24.0, 12.0)), "not 144 000");
        for (int second = 5; second <= 300; second += 5)
            rates.Note((second * 2, second), TimeSpan.FromSeconds(second));
        Assert.That(rates.Read((600, 300), TimeSpan.FromSeconds(300)), Is.EqualTo((120.0, 60.0)));
    }
}
