namespace Discovery.Service;

/// <summary>The searches that are going on: equal ones are one. Thread-safe.</summary>
/// <param name="start">Starts a search.</param>
internal sealed class SharedSearches(Func<PeerQuery, PeerSearch> start)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SearchKey, Shared> _running = [];

    private sealed class Shared(PeerSearch search)
    {
        public PeerSearch Search => search;

        public int Readers { get; set; }
    }

    /// <summary>One caller's part in a search. When the last has left, the search is stopped.</summary>
    public sealed class Share : IAsyncDisposable
    {
        private readonly SharedSearches _owner;
        private readonly SearchKey _key;
        private readonly Shared _shared;

        internal Share(SharedSearches owner, SearchKey key, object shared) => (_owner, _key, _shared) = (owner, key, (Shared)shared);

        public PeerSearch Search => _shared.Search;

        public ValueTask DisposeAsync() => _owner.LeaveAsync(_key, _shared);
    }

    /// <summary>Joins the search that is looking for this already, or starts one. One that is over is not joined.</summary>
    public Share Join(SearchKey key, PeerQuery query)
    {
        lock (_gate)
        {
            if (!_running.TryGetValue(key, out Shared? shared) || shared.Search.IsOver)
                _running[key] = shared = new(start(query));
            shared.Readers++;
            return new(this, key, shared);
        }
    }

    private async ValueTask LeaveAsync(SearchKey key, Shared shared)
    {
        lock (_gate)
        {
            if (--shared.Readers > 0)
                return;
            if (_running.GetValueOrDefault(key) == shared)
                _running.Remove(key);
        }
        await shared.Search.StopAsync().ConfigureAwait(false);
    }
}
