namespace Discovery.Kademlia;

/// <summary>BEP 5 <c>get_peers</c>: who has announced itself under an info-hash.</summary>
internal sealed class GetPeersLookup(NodeId infoHash, bool ipv4, TimeSpan now) : Lookup(infoHash, ipv4, now)
{
    private const int MaxPeers = 2000;

    /// <summary>What one answer may tell at once. The rest waits for the end of the walk: a liar who is quicker than the others must not fill the time that a search has.</summary>
    private const int FirstShare = 8;

    private readonly HashSet<PeerEndPoint> _peers = [];
    private readonly List<List<PeerEndPoint>> _rests = [];

    public override string Verb => "get_peers";

    /// <summary>Everybody found so far: at most 2000.</summary>
    public IReadOnlyCollection<PeerEndPoint> Peers => _peers;

    /// <summary>When the first of them was found.</summary>
    public TimeSpan? FirstPeerAt { get; private set; }

    /// <summary>Called for each new one at once.</summary>
    public Action<PeerEndPoint>? PeerFound { get; set; }

    protected override bool IsThorough => true;

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        query.Method = KrpcMethod.GetPeers;
        query.InfoHash = TargetBytes;
    }

    protected override void OnAnswer(in KrpcMessage reply, in ReplyContext context)
    {
        int told = _peers.Count;
        List<PeerEndPoint>? rest = null;
        foreach (PeerEndPoint peer in reply.PeerValues)
            if (_peers.Count - told < FirstShare)
                Add(peer, context.Now);
            else
                (rest ??= []).Add(peer);
        if (rest is not null)
            _rests.Add(rest);
    }

    public override void OnFinished(TimeSpan now)
    {
        // One of each answer in turn.
        for (int i = 0; _rests.Count > 0 && _peers.Count < MaxPeers; i++)
        {
            foreach (List<PeerEndPoint> rest in _rests)
                Add(rest[i], now);
            int next = i + 1;
            _rests.RemoveAll(rest => rest.Count == next);
        }
        base.OnFinished(now);
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
