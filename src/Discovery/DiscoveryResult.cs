using System.Collections.Frozen;

namespace Discovery;

/// <summary>What a discovery found, and what went wrong meanwhile.</summary>
public sealed record DiscoveryResult
{
    /// <summary>Verified peers, best first. Empty when none was found.</summary>
    public required IReadOnlyList<PeerInfo> Peers { get; init => field = FrozenList.Of(value); }

    /// <summary>How many of <see cref="Peers"/> each layer found, by its name; <c>registry</c> counts those that were known already. The values add up to the number of peers.</summary>
    public IReadOnlyDictionary<string, int> SourceBreakdown { get; init => field = value.ToFrozenDictionary(); } = FrozenDictionary<string, int>.Empty;

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The strategy that was in force.</summary>
    public required DiscoveryStrategy Strategy { get; init; }

    /// <summary>The sources and layers that failed. The answers of the others are complete all the same.</summary>
    public IReadOnlyList<DiscoveryFailure> Failures { get; init => field = FrozenList.Of(value); } = [];
}

/// <summary>A layer or a source that failed.</summary>
/// <param name="Layer">Its name.</param>
/// <param name="Exception">Why.</param>
public sealed record DiscoveryFailure(string Layer, Exception Exception);
