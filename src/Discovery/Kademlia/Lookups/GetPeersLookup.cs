namespace Discovery.Kademlia;

/// <summary>BEP 5 <c>get_peers</c>: who has announced itself under an info-hash.</summary>
internal sealed class GetPeersLookup(NodeId infoHash, bool ipv4, TimeSpan now) : Lookup(infoHash, ipv4, now)
{
    private const int MaxPeers = 2000;

    private readonly HashSet<PeerEndPoint> _peers = [];

    public override string Verb => "get_peers";

    /// <summary>Everybody found so far: at most 2000.</summary>
    public IReadOnlyCollection<PeerEndPoint> Peers => _peers;

    /// <summary>When the first of them was found.</summary>
    public TimeSpan? FirstPeerAt { get; private set; }

    /// <summary>Called for each new one at once.</summary>
    public Action<PeerEndPoint>? PeerFound { get; set; }

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        query.Method = KrpcMethod.GetPeers;
        query.InfoHash = TargetBytes;
    }

    protected override void OnAnswer(in KrpcMessage reply, in ReplyContext context)
    {
        foreach (PeerEndPoint peer in reply.PeerValues)
            Add(peer, context.Now);
    }

    /// <summary>Takes a peer that was named, by another node or by our own store.</summary>
    public void Add(PeerEndPoint peer, TimeSpan now)
    {
        // BEP 32 lets either family appear; what no datagram can reach is nobody.
        if (IsAcceptable is { } acceptable && !acceptable(peer) || _peers.Count >= MaxPeers || !_peers.Add(peer))
            return;
        FirstPeerAt ??= now;
        PeerFound?.Invoke(peer);
    }
}
