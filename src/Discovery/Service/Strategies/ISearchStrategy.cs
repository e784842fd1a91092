namespace Discovery.Service;

/// <summary>What a search does next.</summary>
/// <param name="IsDone">It ends with what it has.</param>
/// <param name="Reach">The farthest scope whose layers are asked now.</param>
/// <param name="LookAgainAt">When the strategy wants to be asked again even if nothing happens until then, since the beginning of the search; null for never.</param>
internal readonly record struct SearchStep(bool IsDone, DiscoveryScope Reach = DiscoveryScope.Global, TimeSpan? LookAgainAt = null)
{
    public static readonly SearchStep Done = new(true);
}

/// <summary>In which order layers are asked, when a search is over, and whom of those found it returns. One object for one search; no clock, no tasks.</summary>
internal interface ISearchStrategy
{
    /// <summary>Whether a peer of a scope that is known, and was not proven a moment ago, is asked for a new proof. Those that match are offered once, before the search begins, the best first.</summary>
    bool WantsKnown(DiscoveryScope scope);

    /// <summary>Called at the beginning and whenever anything has happened. A search in which nothing is left to do, or whose deadline has come, ends anyway.</summary>
    SearchStep Next(SearchProgress progress);

    /// <summary>Picks the result.</summary>
    IEnumerable<FoundPeer> Pick(IReadOnlyList<FoundPeer> found);
}
