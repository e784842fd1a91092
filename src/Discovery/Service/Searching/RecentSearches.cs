namespace Discovery.Service;

/// <summary>What searches that ended a moment ago came to. Bounded; thread-safe.</summary>
internal sealed class RecentSearches(SearchContext context)
{
    private const int MaxEntries = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<SearchKey, (SearchOutcome Outcome, long At)> _entries = [];

    /// <summary>The answer to a search that was just made, as it is now, from the registry; null when there is none, or somebody in it is gone, silent, or no longer matches.</summary>
    public SearchOutcome? Find(SearchKey key, PeerFilter filter)
    {
        (SearchOutcome Outcome, long At) entry;
        lock (_gate)
            if (!_entries.TryGetValue(key, out entry) || IsOld(entry.At))
                return null;
        List<(PeerInfo Peer, string Layer)> peers = [];
        foreach ((PeerInfo peer, _) in entry.Outcome.Peers)
        {
            if (context.Registry.Get(peer.Id) is not { IsAlive: true } now || !filter.Matches(now))
                return null;
            peers.Add((now, PeerSearch.Registry));
        }
        return new([.. peers.OrderByDescending(static found => found.Peer.Score)], entry.Outcome.Failures);
    }

    /// <summary>Keeps an outcome, unless it is short because something failed: then the next caller tries again.</summary>
    public void Note(SearchKey key, int count, SearchOutcome outcome)
    {
        if (outcome.Peers.Count < count && outcome.Failures.Count > 0)
            return;
        lock (_gate)
        {
            // Those who shared a search come one after the other.
            if (_entries.TryGetValue(key, out (SearchOutcome Outcome, long) known) && known.Outcome == outcome)
                return;
            if (_entries.Count >= MaxEntries)
                Forget();
            _entries[key] = (outcome, context.Options.TimeProvider.GetTimestamp());
        }
    }

    private bool IsOld(long at) => context.Options.TimeProvider.GetElapsedTime(at) >= context.Options.Timing.ResultLifetime;

    private void Forget()
    {
        foreach ((SearchKey key, (_, long at)) in _entries)
            if (IsOld(at))
                _entries.Remove(key);
        if (_entries.Count >= MaxEntries)
            _entries.Remove(_entries.MinBy(static entry => entry.Value.At).Key);
    }
}
