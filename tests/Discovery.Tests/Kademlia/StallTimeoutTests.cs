using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class StallTimeoutTests
{
    [Test]
    public void WaitsASecondUntilItHasLearned()
    {
        StallTimeout stall = new();
        for (int i = 0; i < 15; i++)
            stall.Observe(TimeSpan.FromMilliseconds(1));
        Assert.That(stall.Current, Is.EqualTo(TimeSpan.FromSeconds(1)));
        stall.Observe(TimeSpan.FromMilliseconds(1));
        Assert.That(stall.Current, Is.InRange(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(110)), "on a LAN little more than the margin");
    }

    [Test]
    public void WaitsForTheSlowTenthOfASpreadNetwork()
    {
        StallTimeout stall = new();
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
            stall.Observe(TimeSpan.FromMilliseconds(random.NextDouble() * 1000));
        Assert.That(stall.Current.TotalMilliseconds, Is.EqualTo(900).Within(60));
    }

    [Test]
    public void NeverWaitsLongerThanTenSeconds()
    {
        StallTimeout stall = new();
        for (int i = 0; i < 64; i++)
            stall.Observe(TimeSpan.FromSeconds(100));
        Assert.That(stall.Current, Is.EqualTo(TimeSpan.FromSeconds(10)));
        stall.Observe(TimeSpan.FromSeconds(-1));
    }

    [Test]
    public void ForgetsTheOldNetwork()
    {
        StallTimeout stall = new();
        for (int i = 0; i < 500; i++)
            stall.Observe(TimeSpan.FromSeconds(3));
        Assert.That(stall.Current.TotalSeconds, Is.EqualTo(3.1).Within(0.1));
        for (int i = 0; i < 1500; i++)
            stall.Observe(TimeSpan.FromMilliseconds(20));
        Assert.That(stall.Current, Is.LessThan(TimeSpan.FromMilliseconds(120)));
    }
}
