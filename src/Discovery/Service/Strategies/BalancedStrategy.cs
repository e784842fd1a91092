namespace Discovery.Service;

/// <summary>All layers at once, each scope with its share of the result; a share that is not filled flows to the others.</summary>
/// <remarks>
/// Each scope that there are layers of has an equal quota; what does not divide goes to the nearer ones. The search ends when there are enough peers and each scope has filled its quota or is over;
/// after the patience, when there are enough. When too many of them are of one network (<see cref="CrowdWait"/>), it goes on for the grace. The best of each scope fill its quota, and what is left of the count goes to the best of the rest, wherever they are.
/// </remarks>
internal sealed class BalancedStrategy : ISearchStrategy
{
    private readonly int _count;
    private readonly TimeSpan _patience;
    private readonly CrowdWait _crowd;
    private readonly int[] _quotas = new int[SearchStrategies.Scopes.Count], _known = new int[SearchStrategies.Scopes.Count];

    /// <param name="count">How many peers are wanted.</param>
    /// <param name="scopes">The scopes that there are layers of.</param>
    /// <param name="patience">How long a scope that is still short is waited for when there are enough peers.</param>
    /// <param name="grace">How long peers of other networks are waited for when there are enough.</param>
    public BalancedStrategy(int count, IEnumerable<DiscoveryScope> scopes, TimeSpan patience, TimeSpan grace)
    {
        (_count, _patience, _crowd) = (count, patience, new(count, grace));
        DiscoveryScope[] asked = [.. scopes.Distinct().Order()];
        for (int i = 0; i < asked.Length; i++)
            _quotas[(int)asked[i]] = count / asked.Length + (i < count % asked.Length ? 1 : 0);
    }

    // Where there is no quota, for what the others leave.
    public bool WantsKnown(DiscoveryScope scope) => ++_known[(int)scope] <= SearchStrategies.KnownFor(_quotas[(int)scope] is > 0 and int quota ? quota : _count);

    public SearchStep Next(SearchProgress progress)
    {
        bool isServed = progress.Elapsed >= _patience
            || SearchStrategies.Scopes.All(scope => progress.CountOf(scope) >= _quotas[(int)scope] || progress.IsOver(scope));
        if (!isServed || progress.Found.Count < _count)
            return new(false, LookAgainAt: progress.Elapsed < _patience ? _patience : null);
        return _crowd.Until(progress, progress.Found) is { } end ? new(false, LookAgainAt: end) : SearchStep.Done;
    }

    public IEnumerable<FoundPeer> Pick(IReadOnlyList<FoundPeer> found)
    {
        List<FoundPeer> picked = [];
        foreach (DiscoveryScope scope in SearchStrategies.Scopes)
            picked.AddRange(SearchStrategies.Best(found.Where(peer => peer.Scope == scope), _quotas[(int)scope]));
        picked.AddRange(SearchStrategies.Best(found.Except(picked), _count - picked.Count));
        return picked;
    }
}
