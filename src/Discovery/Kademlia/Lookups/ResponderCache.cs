namespace Discovery.Kademlia;

/// <summary>A node that answered a walk, with the token that it gave.</summary>
internal readonly record struct Responder(NodeId Id, PeerEndPoint EndPoint, byte[] Token);

/// <summary>The nodes that answered the last few walks, with their tokens: a store after a walk to the same target needs no second walk.</summary>
internal sealed class ResponderCache
{
    private const int MaxTargets = 16;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly List<(NodeId Target, bool IsIPv4, TimeSpan Since, Responder[] Nodes)> _walks = [];

    /// <summary>The number of walks remembered.</summary>
    public int Count => _walks.Count;

    public void Remember(Lookup lookup, Responder[] nodes, TimeSpan now)
    {
        Expire(now);
        _walks.RemoveAll(walk => walk.Target == lookup.Target && walk.IsIPv4 == lookup.IsIPv4);
        if (nodes.Length < Lookup.K)
            return;
        if (_walks.Count == MaxTargets)
            _walks.RemoveAt(0);
        // The tokens were given during the walk, the oldest when it began.
        _walks.Add((lookup.Target, lookup.IsIPv4, lookup.StartedAt, nodes));
    }

    public Responder[]? Recall(NodeId target, bool ipv4, TimeSpan now) =>
        _walks.Find(walk => walk.Target == target && walk.IsIPv4 == ipv4 && now - walk.Since <= Lifetime).Nodes;

    /// <summary>Forgets the walks whose tokens are too old.</summary>
    public void Expire(TimeSpan now) => _walks.RemoveAll(walk => now - walk.Since > Lifetime);
}
