using Discovery.Interop.Tests.Support;
using Discovery.Kademlia;

namespace Discovery.Interop.Tests.Libtorrent;

/// <summary>What one announces, the other finds.</summary>
public sealed class PeersTests
{
    [Test]
    public async Task WeFindWhatLibtorrentAnnounced()
    {
        NodeId infoHash = Nodes.RandomId();
        await LibtorrentNetwork.Peer.AnnounceAsync(infoHash);
        await LibtorrentNetwork.Ours.FindsPeerAsync(infoHash, LibtorrentNetwork.PeerEndPoint);
    }

    [TestCase(7001, 7001)]
    [TestCase(0, 6881, TestName = "LibtorrentFindsWhatWeAnnounced(implied_port)")]
    public async Task LibtorrentFindsWhatWeAnnounced(int port, int seen)
    {
        NodeId infoHash = Nodes.RandomId();
        DhtStored stored = await LibtorrentNetwork.Ours.AnnounceAsync(infoHash, port);
        Assert.That(stored.Acknowledged, Is.EqualTo(stored.Asked).And.GreaterThanOrEqualTo(8));
        string wanted = LibtorrentNetwork.OurEndPoint.WithPort(seen).ToString();
        Assert.That(await LibtorrentNetwork.Peer.PeersAsync(infoHash, wanted), Does.Contain(wanted));
        Assert.That(await LibtorrentNetwork.Ours.PeersAsync(infoHash), Is.EqualTo([LibtorrentNetwork.OurEndPoint.WithPort(seen)]));
    }

    [Test]
    public async Task NobodyIsFoundWhereNobodyAnnounced() => Assert.That(await LibtorrentNetwork.Ours.PeersAsync(Nodes.RandomId()), Is.Empty);
}
