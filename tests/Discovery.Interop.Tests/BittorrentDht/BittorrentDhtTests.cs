using Discovery.Interop.Tests.Support;
using Discovery.Kademlia;
using Discovery.Transports;

namespace Discovery.Interop.Tests.BittorrentDht;

/// <summary>Our node among nodes of npm's <c>bittorrent-dht</c>, the DHT of WebTorrent and a second implementation of BEP 44.</summary>
public sealed class BittorrentDhtTests
{
    private const int Port = 6881;
    private const int Count = 3;

    private readonly List<ForeignPeer> _peers = [];
    private DhtNode? _node;

    private ForeignPeer Peer => _peers[^1];

    private DhtNode Node => _node!;

    private static PeerEndPoint OurEndPoint => Loopback.EndPoint(90, Port);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        for (int i = 0; i < Count; i++)
            _peers.Add(await ForeignPeer.StartBittorrentDhtAsync(EndPoint(i), i == 0 ? null : EndPoint(0)));
        _node = Nodes.Start([new UdpTransport(OurEndPoint)], null, EndPoint(1));
        foreach (ForeignPeer peer in _peers)
            await Eventually.IsAsync("each knows all others", async () => await peer.NodesAsync() >= Count);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_node is not null)
            await _node.DisposeAsync();
        foreach (ForeignPeer peer in _peers)
            await peer.DisposeAsync();
    }

    [Test]
    public async Task WeFindWhatItAnnounced()
    {
        NodeId infoHash = Nodes.RandomId();
        await Peer.AnnounceAsync(infoHash, 7002);
        await Node.FindsPeerAsync(infoHash, EndPoint(Count - 1).WithPort(7002));
    }

    [TestCase(7001, 7001)]
    [TestCase(0, Port, TestName = "ItFindsWhatWeAnnounced(implied_port)")]
    public async Task ItFindsWhatWeAnnounced(int port, int seen)
    {
        NodeId infoHash = Nodes.RandomId();
        DhtStored stored = await Node.AnnounceAsync(infoHash, port);
        Assert.That((stored.Asked, stored.Acknowledged), Is.EqualTo((Count, Count)));
        string wanted = OurEndPoint.WithPort(seen).ToString();
        Assert.That(await Peer.PeersAsync(infoHash, wanted), Is.EqualTo([wanted]));
    }

    [Test]
    public async Task ItReadsOurImmutableItem()
    {
        string text = $"immutable {Nodes.RandomId()}";
        DhtStored stored = await Node.PutItemAsync(FoundItem.Immutable(Wire.Text(text)));
        Assert.That((stored.Asked, stored.Acknowledged), Is.EqualTo((Count, Count)));
        Assert.That(await Peer.GetAsync(stored.Target), Is.EqualTo(text));
    }

    [Test]
    public async Task WeReadItsImmutableItem()
    {
        string text = $"immutable {Nodes.RandomId()}";
        (NodeId target, int stored) = await Peer.PutAsync(text);
        Assert.That(stored, Is.EqualTo(Count));
        DhtItem found = await Node.GetItemAsync(target);
        Assert.That((Wire.Text(found.Item!.Value), found.Item.IsMutable, found.Forged), Is.EqualTo((text, false, 0)));
    }

    [Test]
    public async Task ItReadsOurMutableItemAndItsUpdate([Values("", "a salt")] string salt)
    {
        using TestKey key = new();
        for (long sequence = 1; sequence <= 3; sequence += 2)
        {
            DhtStored stored = await Node.PutItemAsync(FoundItem.Mutable(key.Sign(salt, sequence, $"ours {sequence}")));
            Assert.That((stored.Asked, stored.Acknowledged), Is.EqualTo((Count, Count)));
            Assert.That(await Peer.GetMutableAsync(key, salt), Is.EqualTo(($"ours {sequence}", sequence)));
        }
    }

    [Test]
    public async Task WeReadItsMutableItemAndItsUpdate([Values("", "a salt")] string salt)
    {
        using TestKey key = new();
        for (long sequence = 1; sequence <= 2; sequence++)
        {
            await Peer.PutMutableAsync(key, salt, $"theirs {sequence}", sequence);
            DhtItem found = await Node.GetItemAsync(key.Target(salt), System.Text.Encoding.Latin1.GetBytes(salt));
            Assert.That((Wire.Text(found.Item!.Value), found.Item.Sequence, found.Forged), Is.EqualTo(($"theirs {sequence}", sequence, 0)));
        }
    }

    [Test]
    public async Task RefusalsAreCounted()
    {
        using TestKey key = new();
        Assert.That((await PutAsync(key, 2, null)).Acknowledged, Is.EqualTo(Count));
        Assert.That((await PutAsync(key, 3, cas: 2)).Acknowledged, Is.EqualTo(Count));
        DhtStored conflict = await PutAsync(key, 4, cas: 2), old = await PutAsync(key, 1, null);
        Assert.That((conflict.Acknowledged, conflict.Statistics.Errors.GetValueOrDefault(301)), Is.EqualTo((0, Count)));
        Assert.That((old.Acknowledged, old.Statistics.Errors.GetValueOrDefault(302)), Is.EqualTo((0, Count)));
        Assert.That(await Peer.GetMutableAsync(key, ""), Is.EqualTo(("value 3", 3L)));
    }

    private static PeerEndPoint EndPoint(int peer) => Loopback.EndPoint(81 + peer, Port);

    private ValueTask<DhtStored> PutAsync(TestKey key, long sequence, long? cas) => Node.PutItemAsync(FoundItem.Mutable(key.Sign("", sequence, $"value {sequence}")), cas);
}
