using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class NewcomersTests
{
    private static PeerEndPoint At(int index) => new(0x0A00_0000 + (uint)index, 1);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromSeconds(100);

    private static Newcomer Waiting(PeerEndPoint endPoint, int bucket, TimeSpan due) => Newcomer.AtOnce(endPoint, bucket, NewcomerKind.Named, due);

    private static List<PeerEndPoint> TakeAll(Newcomers newcomers, TimeSpan now)
    {
        List<PeerEndPoint> taken = [];
        while (newcomers.TryTake(now, out Newcomer newcomer))
            taken.Add(newcomer.EndPoint);
        return taken;
    }

    [Test]
    public void EachIsTakenOnceWhenItsTimeHasCome()
    {
        Newcomers newcomers = new();
        Assert.That((newcomers.NextDue, newcomers.TryTake(TimeSpan.MaxValue - TimeSpan.FromTicks(1), out _)), Is.EqualTo((TimeSpan.MaxValue, false)));
        for (int i = 1; i <= 10; i++)
            newcomers.Add(Waiting(At(i), i, i * Second));
        newcomers.Add(Waiting(At(3), 9, TimeSpan.Zero));
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
            newcomers.Add(Waiting(At(i), i * 7 % 100, Second));
        Assert.That(newcomers.Count, Is.EqualTo(64));
        Assert.That(TakeAll(newcomers, TimeSpan.FromSeconds(1)).Select(static endPoint => (int)(endPoint.IPv4Bits - 0x0A00_0000) * 7 % 100), Has.All.GreaterThanOrEqualTo(87));
    }

    [Test]
    public void APublicAddressWaitsOnce()
    {
        Newcomers newcomers = new();
        for (int port = 1; port < 50; port++)
        {
            newcomers.Add(Waiting(PeerEndPoint.Parse($"8.8.8.8:{port}"), 1, TimeSpan.Zero));
            newcomers.Add(Waiting(PeerEndPoint.Parse($"127.0.0.1:{port}"), 1, TimeSpan.Zero));
        }
        Assert.That(newcomers.Count, Is.EqualTo(50));
    }

    [TestCase(NewcomerKind.Asked, NewcomerKind.Asked)]
    [TestCase(NewcomerKind.Named, NewcomerKind.Asked, Description = "it holds its door open for us from now on")]
    [TestCase(NewcomerKind.OnTrial, NewcomerKind.OnTrial)]
    public void WhoeverIsHeardOfWaitsForItsSilenceAnew(object kind, object then)
    {
        Newcomers newcomers = new();
        newcomers.Add(Newcomer.Silent(At(1), 1, (NewcomerKind)kind, Silence, TimeSpan.Zero));
        Assert.That(newcomers.Heard(At(1), 60 * Second), Is.EqualTo((NewcomerKind)kind != NewcomerKind.OnTrial));
        Assert.That(newcomers.Heard(At(2), 60 * Second), Is.False, "nobody else does");
        Assert.That(newcomers.TryTake(159 * Second, out _), Is.False);
        Assert.That(newcomers.TryTake(160 * Second, out Newcomer taken) && taken.Kind == (NewcomerKind)then, Is.True);
    }

    [Test]
    public void NobodyIsPutOffForEver()
    {
        Newcomers newcomers = new();
        newcomers.Add(Newcomer.Silent(At(1), 1, NewcomerKind.Asked, Silence, TimeSpan.Zero));
        TimeSpan now = TimeSpan.Zero;
        while (!newcomers.TryTake(now += Second, out _))
            newcomers.Heard(At(1), now);
        Assert.That(now, Is.EqualTo(4 * Silence));
    }

    [Test]
    public void WhoeverIsAskedAtOnceIsNotPutOff()
    {
        Newcomers newcomers = new();
        newcomers.Add(Newcomer.AtOnce(At(1), 1, NewcomerKind.Wanted, Second));
        Assert.That(newcomers.Heard(At(1), Second), Is.False);
        Assert.That(newcomers.TryTake(Second, out Newcomer taken) && taken.Kind == NewcomerKind.Wanted, Is.True);
    }

    [Test]
    public void TheLastThatWereNotReachedAreRemembered()
    {
        Newcomers newcomers = new();
        for (int i = 0; i < 200; i++)
            newcomers.Note(At(i), isReached: false);
        newcomers.Note(At(150), isReached: true);
        Assert.That(Enumerable.Range(0, 200).Count(i => newcomers.IsUnreached(At(i))), Is.EqualTo(127));
        Assert.That((newcomers.IsUnreached(At(71)), newcomers.IsUnreached(At(72)), newcomers.IsUnreached(At(150))), Is.EqualTo((false, true, false)));
    }
}
