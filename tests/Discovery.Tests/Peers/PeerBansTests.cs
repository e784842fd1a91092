using Discovery.Peers;

namespace Discovery.Tests.Peers;

public sealed class PeerBansTests
{
    private static readonly DateTimeOffset Now = TestPeer.Now;
    private static readonly PeerId A = new TestPeer(1).Id;

    [TestCase(PeerOffence.BadSignature, 2)]
    [TestCase(PeerOffence.Lie, 2)]
    [TestCase(PeerOffence.Flood, 4)]
    public void ItTakesSomeOffencesInARow(object offence, int count)
    {
        PeerBans bans = new();
        for (int i = 1; i < count; i++)
            Assert.That(bans.Note(A, (PeerOffence)offence, Now), Is.Null);
        Assert.That(bans.IsBanned(A, Now), Is.False);
        Assert.That(bans.Note(A, (PeerOffence)offence, Now), Is.EqualTo(Now + PeerBans.FirstBan));
        Assert.That(bans.IsBanned(A, Now));
        Assert.That(bans.IsBanned(A, Now + PeerBans.FirstBan), Is.False);
        Assert.That(bans.IsBanned(new TestPeer(2).Id, Now), Is.False);
    }

    [Test]
    public void OffencesFarApartAreForgiven()
    {
        PeerBans bans = new();
        for (int hour = 0; hour < 20; hour++)
            Assert.That(bans.Note(A, PeerOffence.BadSignature, Now + 2 * hour * PeerQuality.HalfLife), Is.Null, "0.5 + 0.125 + ... stays below 1");
    }

    [Test]
    public void EachBanIsTwiceAsLongUpToADay()
    {
        PeerBans bans = new();
        DateTimeOffset now = Now;
        List<double> minutes = [];
        for (int i = 0; i < 10; i++)
        {
            bans.Note(A, PeerOffence.Lie, now);
            DateTimeOffset until = bans.Note(A, PeerOffence.Lie, now)!.Value;
            minutes.Add((until - now).TotalMinutes);
            now = until;
        }
        Assert.That(minutes, Is.EqualTo(new double[] { 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440 }));
        now += PeerBans.Memory;
        bans.Note(A, PeerOffence.Lie, now);
        Assert.That(bans.Note(A, PeerOffence.Lie, now), Is.EqualTo(now + PeerBans.FirstBan), "a day of good behaviour");
    }

    [Test]
    public void ManyOffendersTakeBoundedRoomAndTheWorstAreKept()
    {
        PeerBans bans = new(capacity: 16);
        bans.Note(A, PeerOffence.Lie, Now);
        bans.Note(A, PeerOffence.Lie, Now);
        for (int i = 2; i < 1000; i++)
            bans.Note(new TestPeer(i).Id, PeerOffence.Flood, Now);
        Assert.That(bans.Count, Is.EqualTo(16));
        Assert.That(bans.IsBanned(A, Now));
    }
}
