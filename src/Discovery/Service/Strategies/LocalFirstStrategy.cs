namespace Discovery.Service;

/// <summary>The local layers, then the regional, then the global ones, each only while peers are still missing.</summary>
/// <remarks>
/// A scope has had its turn when nothing is left to do in it, or after the patience: what it finds later still counts, so that a layer that hangs delays the next scope and does not hide it. The search
/// ends as soon as the scopes that have had, or are having, their turn hold enough peers; when too many of them are of one network (<see cref="CrowdWait"/>), those scopes have the grace to find others. All peers of a nearer scope go before any of a farther one.
/// </remarks>
/// <param name="count">How many peers are wanted.</param>
/// <param name="patience">How long the layers of one scope are waited for before the next is asked too.</param>
/// <param name="grace">How long peers of other networks are waited for when there are enough.</param>
internal sealed class LocalFirstStrategy(int count, TimeSpan patience, TimeSpan grace) : ISearchStrategy
{
    private readonly CrowdWait _crowd = new(count, grace);
    private readonly int[] _known = new int[SearchStrategies.Scopes.Count];

    // Those of a scope are not asked before its turn.
    public bool WantsKnown(DiscoveryScope scope) => ++_known[(int)scope] <= SearchStrategies.KnownFor(count);

    public SearchStep Next(SearchProgress progress)
    {
        int found = 0;
        foreach (DiscoveryScope scope in SearchStrategies.Scopes)
        {
            found += progress.CountOf(scope);
            if (found >= count)
                return SearchStrategies.Scopes.Any(other => other <= scope && !progress.IsOver(other)) && _crowd.Until(progress, progress.Found.Where(peer => peer.Scope <= scope)) is { } wait
                    ? new(false, scope, wait)
                    : SearchStep.Done;
            TimeSpan end = (progress.AskedAt(scope) ?? progress.Elapsed) + patience;
            if (!progress.IsOver(scope) && progress.Elapsed < end)
                return new(false, scope, end);
        }
        return new(false);
    }

    public IEnumerable<FoundPeer> Pick(IReadOnlyList<FoundPeer> found)
    {
        List<FoundPeer> picked = [];
        foreach (DiscoveryScope scope in SearchStrategies.Scopes)
            picked.AddRange(SearchStrategies.Best(found.Where(peer => peer.Scope == scope), count - picked.Count));
        return picked;
    }
}
