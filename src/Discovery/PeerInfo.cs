namespace Discovery;

/// <summary>A peer whose key has been proven, with what it says of itself and what was measured. Immutable; a later observation is another object.</summary>
/// <remarks>Two of them are equal when every property is, and lists are compared by reference: compare <see cref="Id"/> to tell peers apart.</remarks>
public sealed record PeerInfo
{
    /// <summary>The peer's public key.</summary>
    public required PeerId Id { get; init; }

    /// <summary>Where the peer can be reached: 1 to 8, the one proven last first, then as the peer prefers them. Empty only for the own peer before the start.</summary>
    public IReadOnlyList<PeerEndPoint> EndPoints { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>What the peer offers, sorted by their UTF-8 bytes: at most 32.</summary>
    public IReadOnlyList<string> Capabilities { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>Where the peer says it is, such as <c>aws:us-east-1</c>; null when it does not say.</summary>
    public string? Region { get; init; }

    /// <summary>The protocol versions the peer speaks, such as <c>1.0</c>.</summary>
    public IReadOnlyList<string> SupportedProtocols { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>What the peer says it can carry; null when it does not say.</summary>
    public PeerCapacity? Capacity { get; init; }

    /// <summary>Services the peer offers over other protocols: absolute <c>https</c> and <c>wss</c> addresses.</summary>
    public IReadOnlyList<Uri> ServiceUris { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>The smoothed round-trip time (RFC 6298); null when none was measured.</summary>
    public TimeSpan? Rtt { get; init; }

    /// <summary>How much round trips differ: the smoothed deviation from <see cref="Rtt"/> (RTTVAR of RFC 6298); null when none was measured.</summary>
    public TimeSpan? RttVariance { get; init; }

    /// <summary>The shortest round-trip time measured; null when none was.</summary>
    public TimeSpan? MinRtt { get; init; }

    /// <summary>The round-trip time that network coordinates predict, as of when the score was computed; null when the peer tells no coordinate.</summary>
    public TimeSpan? PredictedRtt { get; init; }

    /// <summary>How likely the peer is to answer, from 0 to 1: the share of answered queries with recent ones weighing more, starting from 0.5.</summary>
    public double Reliability { get; init; }

    /// <summary>What the peer really carried, where an application reported it (<see cref="PeerUpdate.Capacity"/>); null otherwise.</summary>
    public PeerCapacity? ObservedCapacity { get; init; }

    /// <summary>How recently the peer was verified, as of when the score was computed: from 1, just then, halving every 15 minutes.</summary>
    public double Freshness { get; init; } = 1;

    /// <summary>How good the peer is, from 0 to 1: the weighted mean of the scorers. Computed with every exchange, and for all peers every few minutes.</summary>
    public double Score { get; init; }

    /// <summary>Whether the peer answered when it was last asked.</summary>
    public bool IsAlive { get; init; } = true;

    /// <summary>How the application stands to the peer, as it said (<see cref="IPeerRegistry.Update"/>).</summary>
    public PeerConnectionState ConnectionState { get; init; }

    /// <summary>The names of the layers and sources that saw the peer, the first one first.</summary>
    public IReadOnlyList<string> Sources { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>When the peer was first verified.</summary>
    public DateTimeOffset FirstSeen { get; init; }

    /// <summary>When the peer was last verified.</summary>
    public DateTimeOffset LastSeen { get; init; }

    /// <summary>What the peer signed: everything it says of itself, so that others can be given the proof. Null only for the own peer before the start.</summary>
    public SignedItem? Record { get; init; }
}
