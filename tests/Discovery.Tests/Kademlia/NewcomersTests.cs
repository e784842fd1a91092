using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class NewcomersTests
{
    private static PeerEndPoint At(int index) => new(0x0A00_0000 + (uint)index, 1);

    private static List<PeerEndPoint> TakeAll(Newcomers newcomers, TimeSpan now)
    {
        List<PeerEndPoint> taken = [];
        while (newcomers.TryTake(now, out PeerEndPoint endPoint))
            taken.Add(endPoint);
        return taken;
    }

    [Test]
    public void EachIsTakenOnceWhenItsTimeHasCome()
    {
        Newcomers newcomers = new();
        Assert.That((newcomers.NextDue, newcomers.TryTake(TimeSpan.MaxValue - TimeSpan.FromTicks(1), out _)), Is.EqualTo((TimeSpan.MaxValue, false)));
        for (int i = 1; i <= 10; i++)
            newcomers.Add(At(i), i, TimeSpan.FromSeconds(i));
        newcomers.Add(At(3), 9, TimeSpan.Zero);
        Assert.That(newcomers.NextDue, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(TakeAll(newcomers, TimeSpan.FromSeconds(4)), Is.EquivalentTo(Enumerable.Range(1, 4).Select(At)));
        Assert.That((newcomers.Count, newcomers.NextDue), Is.EqualTo((6, TimeSpan.FromSeconds(5))));
        Assert.That(TakeAll(newcomers, TimeSpan.FromSeconds(10)), Has.Count.EqualTo(6));
        Assert.That(newcomers.NextDue, Is.EqualTo(TimeSpan.MaxValue));
    }

    [Test]
    public void TheNearestSixtyFourWait()
    {
        Newcomers newcomers = new();
        for (int i = 0; i < 500; i++)
            newcomers.Add(At(i), i * 7 % 100, TimeSpan.FromSeconds(1));
        Assert.That(newcomers.Count, Is.EqualTo(64));
        Assert.That(TakeAll(newcomers, TimeSpan.FromSeconds(1)).Select(static endPoint => (int)(endPoint.IPv4Bits - 0x0A00_0000) * 7 % 100), Has.All.GreaterThanOrEqualTo(87));
    }

    [Test]
    public void APublicAddressWaitsOnce()
    {
        Newcomers newcomers = new();
        for (int port = 1; port < 50; port++)
        {
            newcomers.Add(PeerEndPoint.Parse($"8.8.8.8:{port}"), 1, TimeSpan.Zero);
            newcomers.Add(PeerEndPoint.Parse($"127.0.0.1:{port}"), 1, TimeSpan.Zero);
        }
        Assert.That(newcomers.Count, Is.EqualTo(50));
    }
}
