using Discovery.Interop.Tests.Support;
using Discovery.Kademlia;
using Discovery.Transports;

namespace Discovery.Interop.Tests.Namespaces;

/// <summary>BEP 32 with libtorrent: each family is a network of its own, and one leads into the other.</summary>
[Order(2)]
public sealed class DualStackTests
{
    private const int Port = 6891;

    private static readonly int[] Hosts = [5, 6];
    private static readonly PeerEndPoint OurIPv4 = new(Lab.Address(Lab.Ours), Port), OurIPv6 = new(Lab.AddressIPv6(Lab.Ours), Port);

    private readonly List<ForeignPeer> _peers = [];
    private DhtNode? _node;

    private DhtNode Node => _node!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _node = Lab.StartNode([OurIPv4, OurIPv6], Lab.Router);
        foreach (int host in Hosts)
            _peers.Add(await ForeignPeer.StartLibtorrentAsync($"{IPv4(host)},{IPv6(host)}", $"{Lab.Router},{OurIPv6}", Lab.At(host)));
        await AllAreNearAsync(_node);
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
    public async Task OneFamilyLeadsIntoTheOther()
    {
        // Only an IPv4 address: what it knows of IPv6 it must have been told.
        await using DhtNode node = Lab.StartNode([OurIPv4.WithPort(Port + 1), OurIPv6.WithPort(Port + 1)], IPv4(Hosts[0]));
        await AllAreNearAsync(node);
    }

    [Test]
    public async Task WeFindWhatLibtorrentAnnouncedOnEitherFamily()
    {
        NodeId infoHash = Nodes.RandomId();
        await _peers[0].AnnounceAsync(infoHash);
        await Node.FindsPeerAsync(infoHash, IPv4(Hosts[0]));
        await Node.FindsPeerAsync(infoHash, IPv6(Hosts[0]));
    }

    [Test]
    public async Task LibtorrentFindsWhatWeAnnouncedOnEitherFamily()
    {
        NodeId infoHash = Nodes.RandomId();
        DhtStored stored = await Node.AnnounceAsync(infoHash, 7001);
        Assert.That(stored.Acknowledged, Is.EqualTo(stored.Asked).And.GreaterThanOrEqualTo(8 + Hosts.Length));
        foreach (PeerEndPoint wanted in new[] { OurIPv4.WithPort(7001), OurIPv6.WithPort(7001) })
            await Eventually.IsAsync($"{wanted} found by libtorrent", async () => (await _peers[1].PeersAsync(infoHash, wanted.ToString())).Contains(wanted.ToString()));
    }

    [Test]
    public async Task ItsReplyOverIPv6IsLikeOurs()
    {
        NodeId target = Nodes.RandomId();
        using RawKrpc theirs = Lab.Ask(IPv6(Hosts[0])), ours = Lab.Ask(OurIPv6);
        foreach ((string Name, object Value)[] arguments in new (string, object)[][] { [("target", target.ToArray())], [("target", target.ToArray()), ("want", new object[] { "n4" })] })
            Assert.That($"{await ours.AskAsync("find_node", arguments)}", Is.EqualTo($"{await theirs.AskAsync("find_node", arguments)}"));
        RawReply reply = (await ours.AskAsync("ping"))!;
        Assert.That(PeerEndPoint.TryParseCompact((byte[])reply.Message["ip"], out PeerEndPoint seen), Is.True);
        Assert.That(seen, Is.EqualTo(PeerEndPoint.FromIPEndPoint(ours.LocalEndPoint)));
    }

    /// <summary>Waits until the walks on both families come to all.</summary>
    private static async Task AllAreNearAsync(DhtNode node)
    {
        foreach (PeerEndPoint peer in Hosts.SelectMany(static host => new[] { IPv4(host), IPv6(host) }))
        {
            NodeId id = (await Eventually.GetAsync($"{peer} answers", async () => await node.PingAsync(peer))).Id;
            await Eventually.IsAsync($"a walk comes to {peer}", async () => (await node.FindNodeAsync(id)).Nodes.Any(found => found.EndPoint == peer));
        }
    }

    private static PeerEndPoint IPv4(int host) => new(Lab.Address(host), Port);

    private static PeerEndPoint IPv6(int host) => new(Lab.AddressIPv6(host), Port);
}
