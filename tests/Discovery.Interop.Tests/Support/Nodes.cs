using Discovery.Transports;

namespace Discovery.Interop.Tests.Support;

/// <summary>Starts nodes of ours.</summary>
internal static class Nodes
{
    /// <summary>A node on loopback, with the defaults that an application gets.</summary>
    public static DhtNode Start(PeerEndPoint listen, params ReadOnlySpan<PeerEndPoint> routers) => Start([new UdpTransport(listen)], null, routers);

    public static DhtNode Start(IEnumerable<IDatagramTransport> transports, DhtNodeOptions? options, params ReadOnlySpan<PeerEndPoint> routers)
    {
        DhtNode node = new(transports, options);
        foreach (PeerEndPoint router in routers)
            node.AddRouter(router);
        node.Start();
        return node;
    }

    /// <summary>Everybody announced under an info-hash.</summary>
    public static async Task<HashSet<PeerEndPoint>> PeersAsync(this DhtNode node, NodeId infoHash)
    {
        HashSet<PeerEndPoint> peers = [];
        await foreach (PeerEndPoint peer in node.GetPeersAsync(infoHash))
            peers.Add(peer);
        return peers;
    }

    /// <summary>Finds one peer under an info-hash, trying again for a while: others announce when it suits them.</summary>
    public static Task FindsPeerAsync(this DhtNode node, NodeId infoHash, PeerEndPoint wanted) =>
        Eventually.IsAsync($"{wanted} under {infoHash}", async () => (await node.PeersAsync(infoHash)).Contains(wanted));

    public static NodeId RandomId() => NodeId.CreateRandom(Random.Shared);
}
