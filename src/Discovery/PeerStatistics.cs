using System.Collections.Frozen;

namespace Discovery;

/// <summary>The known peers in numbers, as they were at one moment.</summary>
public sealed record PeerStatistics
{
    /// <summary>Verified peers.</summary>
    public int Total { get; init; }

    /// <summary>Those that answered when they were last asked.</summary>
    public int Alive { get; init; }

    /// <summary>Those to which the application says that it is connected.</summary>
    public int Connected { get; init; }

    /// <summary>Peers by the name of the layer or source that saw them; one that several saw counts for each.</summary>
    public IReadOnlyDictionary<string, int> BySource { get; init => field = value.ToFrozenDictionary(); } = FrozenDictionary<string, int>.Empty;

    /// <summary>Peers by the region they say they are in; those who say none are not among them.</summary>
    public IReadOnlyDictionary<string, int> ByRegion { get; init => field = value.ToFrozenDictionary(); } = FrozenDictionary<string, int>.Empty;

    /// <summary>The mean health, from 0 to 1: that of a peer is its <see cref="PeerInfo.Reliability"/>, and 0 when it did not answer last. 0 when there are no peers.</summary>
    public double MeanHealth { get; init; }
}
