using Discovery.Encoding;
using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia.Lookups;

public sealed class GetPeersLookupTests
{
    private const int FirstShare = 8;

    private readonly List<PeerEndPoint> _told = [];

    private static PeerEndPoint Peer(int index) => new(0x0B00_0000 + (uint)index, 1);

    private static Compose Values(params IEnumerable<int> peers)
    {
        byte[] buffer = new byte[4096];
        BencodeWriter writer = new(buffer);
        writer.BeginList();
        foreach (int peer in peers)
            Peer(peer).TryFormatCompact(writer.ReserveString(PeerEndPoint.CompactSizeIPv4), out _);
        writer.End();
        byte[] list = buffer[..writer.Length];
        return (ref KrpcMessage reply) => reply.Values = list;
    }

    private (GetPeersLookup Walk, OperationDriver Driver) Begin()
    {
        _told.Clear();
        GetPeersLookup walk = new(NodeId.Zero, true, TimeSpan.Zero) { PeerFound = _told.Add };
        for (int distance = 1; distance <= 5; distance++)
            walk.Add(new(0, 0, (uint)distance), LookupWorld.Address(distance));
        return (walk, new(walk));
    }

    [Test]
    public void AQuickLiarDoesNotFillTheTimeOfASearch()
    {
        (GetPeersLookup walk, OperationDriver driver) = Begin();
        driver.Reply(driver.Asked[0], compose: Values(Enumerable.Range(1000, 120)));
        driver.Reply(driver.Asked[1], compose: Values(Enumerable.Range(2000, 120)));
        driver.Reply(driver.Asked[2], compose: Values(1, 2));
        Assert.That(_told, Has.Count.EqualTo(2 * FirstShare + 2));
        Assert.That(_told[^2..], Is.EqualTo(new[] { Peer(1), Peer(2) }));
        driver.Reply(driver.Asked[3]);
        driver.Reply(driver.Asked[4], compose: Values([1, 2, .. Enumerable.Range(3, FirstShare)]));
        Assert.That((walk.IsFinished, _told.Count), Is.EqualTo((true, 3 * FirstShare + 2)), "what was told before is nobody's share");
        walk.OnFinished(driver.Now);
        Assert.Multiple(() =>
        {
            Assert.That(_told, Has.Count.EqualTo(240 + 2 + FirstShare).And.Unique, "nothing is lost");
            Assert.That(_told.Skip(3 * FirstShare + 2).Take(4), Is.EqualTo(new[] { Peer(1008), Peer(2008), Peer(1009), Peer(2009) }), "the rest in turn");
            Assert.That(walk.Peers, Is.EquivalentTo(_told));
        });
    }
}
