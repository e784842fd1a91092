namespace Discovery;

/// <summary>How well something does its work.</summary>
public enum DiscoveryStatus
{
    /// <summary>All of it works.</summary>
    Healthy,

    /// <summary>Some of it works.</summary>
    Degraded,

    /// <summary>None of it works, or it has not been started.</summary>
    Unhealthy,
}

/// <summary>What a part of the service is.</summary>
public enum DiscoveryPartKind
{
    /// <summary>A bootstrap source.</summary>
    Source,

    /// <summary>A discovery layer.</summary>
    Layer,
}

/// <summary>How the service is doing.</summary>
public sealed record DiscoveryHealth
{
    /// <summary>The whole of it.</summary>
    public required DiscoveryStatus Status { get; init; }

    /// <summary>Why it is not <see cref="DiscoveryStatus.Healthy"/>; empty when it is.</summary>
    public IReadOnlyList<string> Reasons { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>Each source and layer.</summary>
    public IReadOnlyList<DiscoveryPartHealth> Parts { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>How many verified peers are known.</summary>
    public int KnownPeers { get; init; }

    /// <summary>How many DHT nodes are in the routing tables; 0 without a global layer.</summary>
    public int TableSize { get; init; }

    /// <summary>Where the service listens, as bound; empty before the start.</summary>
    public IReadOnlyList<PeerEndPoint> LocalEndPoints { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>The ids of the service's DHT node, of the families it listens on: that for IPv4, then that for IPv6. They follow the external address (BEP 42). Empty before the start.</summary>
    public IReadOnlyList<NodeId> NodeIds { get; init => field = FrozenList.Of(value); } = [];
}

/// <summary>How one source or layer is doing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Status">How it is doing.</param>
public sealed record DiscoveryPartHealth(string Name, DiscoveryPartKind Kind, DiscoveryStatus Status)
{
    /// <summary>When it last did its work; null when it never did.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>What went wrong last; null when nothing ever did.</summary>
    public Exception? LastError { get; init; }
}
