using Discovery.Limits;
using Discovery.Tests.Support;

namespace Discovery.Tests.Limits;

public sealed class FloodGuardTests
{
    private static readonly FloodLimits Limits = new() { PacketsPerSecond = 5, Burst = 50 };

    [Test]
    public void AFloodIsDroppedThenBannedThenForgiven()
    {
        FloodGuard guard = new(Limits);
        List<FloodVerdict> verdicts = [.. Enumerable.Range(0, 200).Select(_ => guard.Check(Host(1), TimeSpan.Zero))];
        Assert.That(verdicts.Count(verdict => verdict == FloodVerdict.Accept), Is.EqualTo(50));
        Assert.That(verdicts.Count(verdict => verdict == FloodVerdict.Drop), Is.EqualTo(50));
        Assert.That(verdicts[100], Is.EqualTo(FloodVerdict.Ban));
        Assert.That(verdicts[101..], Is.All.EqualTo(FloodVerdict.Banned));
        Assert.That(guard.Check(Host(2), TimeSpan.Zero), Is.EqualTo(FloodVerdict.Accept));
        Assert.That(guard.Check(Host(1).WithPort(9), TimeSpan.FromMinutes(4.9)), Is.EqualTo(FloodVerdict.Banned), "another port is the same source");
        Assert.That(guard.Check(Host(1), TimeSpan.FromMinutes(5.1)), Is.EqualTo(FloodVerdict.Accept));
    }

    [Test]
    public void WhoKeepsToTheRateIsNeverDropped()
    {
        FloodGuard guard = new(Limits);
        for (int i = 0; i < 10_000; i++)
            Assert.That(guard.Check(Host(1), TimeSpan.FromMilliseconds(200 * i)), Is.EqualTo(FloodVerdict.Accept));
    }

    [Test]
    public void WhoStaysSlightlyAboveTheRateIsBannedInTheEnd()
    {
        FloodGuard guard = new(Limits);
        Assert.That(Enumerable.Range(0, 2000).Select(i => guard.Check(Host(1), TimeSpan.FromMilliseconds(140 * i))), Does.Contain(FloodVerdict.Ban));
    }

    [Test]
    public void WhoSlowsDownAfterABurstIsHeardAgain()
    {
        FloodGuard guard = new(Limits);
        for (int i = 0; i < 80; i++)
            guard.Check(Host(1), TimeSpan.Zero);
        Assert.That(guard.Check(Host(1), TimeSpan.FromSeconds(10)), Is.EqualTo(FloodVerdict.Accept));
    }

    [Test]
    public void WithoutABanTheExcessIsOnlyDropped()
    {
        FloodGuard guard = new(Limits with { BanDuration = TimeSpan.Zero });
        FloodVerdict[] verdicts = [.. Enumerable.Range(0, 500).Select(_ => guard.Check(Host(1), TimeSpan.Zero))];
        Assert.That(verdicts[50..], Is.All.EqualTo(FloodVerdict.Drop));
    }

    [Test]
    public void MemoryIsBoundedAndGivenBack()
    {
        FloodGuard guard = new(Limits with { MaxSources = 1000 });
        for (uint i = 0; i < 100_000; i++)
            guard.Check(Host(i), TimeSpan.Zero);
        Assert.That(guard.Count, Is.EqualTo(1000));
        for (uint i = 0; i < 2000; i++)
            guard.Check(Host(200_000 + i), TimeSpan.FromSeconds(1 + i));
        Assert.That(guard.Count, Is.LessThan(100));
    }

    [Test]
    public void ABanOutlivesQuietNeighbours()
    {
        FloodGuard guard = new(Limits);
        for (int i = 0; i < 150; i++)
            guard.Check(Host(1), TimeSpan.Zero);
        for (uint i = 2; i < 500; i++)
            guard.Check(Host(i), TimeSpan.FromSeconds(i / 2.0));
        Assert.That(guard.Check(Host(1), TimeSpan.FromMinutes(4.5)), Is.EqualTo(FloodVerdict.Banned));
    }

    [Test]
    public void CheckingAllocatesNothing()
    {
        FloodGuard guard = new(Limits with { MaxSources = 64 });
        long allocated = Allocations.Of(() =>
        {
            for (uint i = 0; i < 1000; i++)
                guard.Check(Host(i), TimeSpan.Zero);
        });
        Assert.That(allocated, Is.Zero);
    }

    private static PeerEndPoint Host(uint number) => new(0x50000000u + number, 6881);
}
