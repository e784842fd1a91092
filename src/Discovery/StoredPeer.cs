namespace Discovery;

/// <summary>A peer as it is kept between two runs: what was known of it and what was measured.</summary>
/// <remarks>Nothing of it is proven: whoever kept the bytes may have changed them, and the peer may be gone.</remarks>
public sealed partial record StoredPeer
{
    internal StoredPeer(PeerInfo peer) => Peer = peer;

    /// <summary>The peer as it was last known; the end point that was proven last comes first, and <see cref="PeerInfo.Record"/>, which may be over, is not null.</summary>
    public PeerInfo Peer { get; internal init; }

    /// <summary>Answers, decayed, as of <see cref="MeasuredAt"/>.</summary>
    internal double Successes { get; init; }

    /// <summary>Failures, likewise.</summary>
    internal double Failures { get; init; }

    /// <summary>When the last exchange ended.</summary>
    internal DateTimeOffset MeasuredAt { get; init; }

    /// <summary>When the peer answered last.</summary>
    internal DateTimeOffset? LastSuccess { get; init; }

    /// <summary>Failures since then.</summary>
    internal int ConsecutiveFailures { get; init; }

    /// <summary>Its network coordinate as on the wire; empty for none.</summary>
    internal ReadOnlyMemory<byte> Coordinate { get; init; }
}
