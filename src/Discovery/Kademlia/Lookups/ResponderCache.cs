namespace Discovery.Kademlia;

/// <summary>The nodes that answered the last few walks, with their tokens: a store after a walk to the same target needs no second walk.</summary>
internal sealed class ResponderCache
{
    private const int MaxTargets = 16;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly List<(NodeId Target, bool IsIPv4, TimeSpan Since, List<Candidate> Nodes)> _walks = [];

    public void Remember(Lookup lookup, List<Candidate> nodes, TimeSpan now)
    {
        _walks.RemoveAll(walk => now - walk.Since > Lifetime || walk.Target == lookup.Target && walk.IsIPv4 == lookup.IsIPv4);
        if (nodes.Count < Lookup.K)
            return;
        if (_walks.Count == MaxTargets)
            _walks.RemoveAt(0);
        // The tokens were given during the walk, the oldest when it began.
        _walks.Add((lookup.Target, lookup.IsIPv4, lookup.StartedAt, nodes));
    }

    public List<Candidate>? Recall(NodeId target, bool ipv4, TimeSpan now) =>
        _walks.Find(walk => walk.Target == target && walk.IsIPv4 == ipv4 && now - walk.Since <= Lifetime).Nodes;
}
