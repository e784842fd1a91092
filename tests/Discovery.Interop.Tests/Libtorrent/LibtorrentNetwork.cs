using Discovery.Interop.Tests.Support;
using Discovery.Kademlia;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Interop.Tests.Libtorrent;

/// <summary>A private DHT of twenty libtorrent nodes, another one that does as it is told, and a node of ours that knows one of the twenty.</summary>
[SetUpFixture]
internal sealed class LibtorrentNetwork
{
    private const int Port = 6881;
    private const int Count = 20;

    private ChildProcess? _network;

    public static PeerEndPoint[] Members { get; } = [.. Enumerable.Range(1, Count).Select(static i => Loopback.EndPoint(i, Port))];

    /// <summary>The one that does as it is told.</summary>
    public static ForeignPeer Peer { get; private set; } = null!;

    public static PeerEndPoint PeerEndPoint { get; } = Loopback.EndPoint(Count + 1, Port);

    public static DhtNode Ours { get; private set; } = null!;

    public static PeerEndPoint OurEndPoint { get; } = Loopback.EndPoint(50, Port);

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        string python = External.RequirePythonModule("libtorrent", ForeignPeer.LibtorrentInstall);
        _network = ChildProcess.StartWatched(python, "-W", "ignore", External.RequireLab("lt_dht.py"), $"{Count}", "--base", Loopback.Prefix, "--port", $"{Port}", "--serve", "3600");
        await _network.LineAsync(static line => line.StartsWith("ready", StringComparison.Ordinal));
        Peer = await ForeignPeer.StartLibtorrentAsync($"{PeerEndPoint}", $"{Members[4]}");
        Ours = Nodes.Start(OurEndPoint, Members[7]);
        await Eventually.IsAsync("libtorrent's table", static async () => await Peer.NodesAsync() >= 8);
        // Until everybody knows everybody near, two walks to one target may end at different nodes. Round every node, for a few targets by chance would leave gaps.
        await Eventually.IsAsync("the network settles", async () =>
        {
            List<DhtContact> all = await AllAsync();
            foreach (DhtContact node in all)
                if (!(await Ours.FindNodeAsync(node.Id)).Nodes.SequenceEqual(Nearest(all, node.Id)))
                    return false;
            return true;
        });
    }

    /// <summary>The eight nodes that are nearest to a target in truth.</summary>
    public static async Task<IEnumerable<DhtContact>> NearestAsync(NodeId target) => Nearest(await AllAsync(), target);

    /// <summary>All nodes but ours: each is asked for its id.</summary>
    private static async Task<List<DhtContact>> AllAsync()
    {
        List<DhtContact> all = [];
        foreach (PeerEndPoint member in Members.Append(PeerEndPoint))
            all.Add(new((await Ours.PingAsync(member))!.Id, member));
        return all;
    }

    private static IEnumerable<DhtContact> Nearest(List<DhtContact> all, NodeId target) => all.OrderBy(node => NodeId.Distance(target, node.Id)).Take(8);

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Ours is not null)
            await Ours.DisposeAsync();
        if (Peer is not null)
            await Peer.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
    }
}
