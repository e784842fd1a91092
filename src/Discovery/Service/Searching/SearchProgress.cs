namespace Discovery.Service;

/// <summary>How far a search has come. Not thread-safe.</summary>
internal sealed class SearchProgress
{
    private const int Scopes = (int)DiscoveryScope.Global + 1;

    private readonly List<FoundPeer> _found = [];
    private readonly int[] _counts = new int[Scopes];
    private readonly int[] _work = new int[Scopes];
    private readonly TimeSpan?[] _askedAt = new TimeSpan?[Scopes];

    /// <summary>The time since the search began.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>The peers found so far, in the order in which they were.</summary>
    public IReadOnlyList<FoundPeer> Found => _found;

    /// <summary>Whether anything has been asked of anybody.</summary>
    public bool HasAsked => _askedAt.Any(static at => at is not null);

    /// <summary>Whether there is nothing left to do in any scope.</summary>
    public bool IsAllOver => _work.All(static work => work == 0);

    /// <summary>How many peers of one scope have been found.</summary>
    public int CountOf(DiscoveryScope scope) => _counts[(int)scope];

    /// <summary>Whether nothing is left to do in a scope: each of its layers has ended, and each sighting has been proven or dropped.</summary>
    public bool IsOver(DiscoveryScope scope) => _work[(int)scope] == 0;

    /// <summary>When the first layer of a scope was asked; null when none was.</summary>
    public TimeSpan? AskedAt(DiscoveryScope scope) => _askedAt[(int)scope];

    public void Asked(DiscoveryScope scope) => _askedAt[(int)scope] ??= Elapsed;

    public void Begin(DiscoveryScope scope) => _work[(int)scope]++;

    public void End(DiscoveryScope scope) => _work[(int)scope]--;

    public void Add(FoundPeer found)
    {
        _found.Add(found);
        _counts[(int)found.Scope]++;
    }

    /// <summary>A peer was sighted again, perhaps nearer.</summary>
    public void Narrow(FoundPeer found, DiscoveryScope scope)
    {
        if (scope >= found.Scope)
            return;
        _counts[(int)found.Scope]--;
        _counts[(int)scope]++;
        found.Scope = scope;
    }
}
