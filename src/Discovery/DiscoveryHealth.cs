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

    /// <summary>The store of the known peers.</summary>
    Store,
}

/// <summary>Whether strangers can reach this peer.</summary>
public enum DiscoveryReachability
{
    /// <summary>Nothing tells yet: nobody has asked, and the address that others see is not known or is one of this machine's.</summary>
    Unknown,

    /// <summary>Within the last hour somebody got through to whom this peer had sent nothing for minutes, so that no router had been opened for it.</summary>
    Reachable,

    /// <summary>Most of those who answer see an address that is not one of this machine's, and no stranger has got through within the last hour.</summary>
    BehindNat,
}

/// <summary>How the service is doing.</summary>
public sealed record DiscoveryHealth
{
    /// <summary>The whole of it: <see cref="DiscoveryStatus.Unhealthy"/> before the start, after disposal, and when no layer works.</summary>
    /// <remarks>
    /// <see cref="DiscoveryStatus.Degraded"/> when a source, a layer or the store fails, when the DHT, once there, has been silent for two minutes, and when none of the known peers answers or all of them are
    /// lost, until one is known again. Having met nobody yet is no illness: not where peers may still come, and not of a layer that has nobody to ask because no source was added.
    /// </remarks>
    public required DiscoveryStatus Status { get; init; }

    /// <summary>Why it is not <see cref="DiscoveryStatus.Healthy"/>; empty when it is.</summary>
    public IReadOnlyList<string> Reasons { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>Each source and layer, and the store of the peers.</summary>
    public IReadOnlyList<DiscoveryPartHealth> Parts { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>How many verified peers are known.</summary>
    public int KnownPeers { get; init; }

    /// <summary>How many of them answered when they were last asked. Each is asked about once in ten times <see cref="DiscoveryTiming.SampleInterval"/>, so that this follows the truth within six minutes.</summary>
    public int AlivePeers { get; init; }

    /// <summary>To how many of them the application says that it is connected (<see cref="IPeerRegistry.Update"/>).</summary>
    public int ConnectedPeers { get; init; }

    /// <summary>Whether this peer takes part in a DHT: it has a global layer, and a node has answered within the last two minutes.</summary>
    public bool IsDhtActive { get; init; }

    /// <summary>Whether strangers can reach this peer.</summary>
    public DiscoveryReachability Reachability { get; init; }

    /// <summary>Datagrams sent per minute, over the last minute; those since the start, while that is less than a minute ago.</summary>
    public double SentPerMinute { get; init; }

    /// <summary>Datagrams received per minute, over the last minute; those since the start, while that is less than a minute ago.</summary>
    public double ReceivedPerMinute { get; init; }

    /// <summary>How many DHT nodes are in the routing tables; 0 without a global layer.</summary>
    public int TableSize { get; init; }

    /// <summary>Where the service listens, as bound; empty before the start.</summary>
    public IReadOnlyList<PeerEndPoint> LocalEndPoints { get; init => field = FrozenList.Of(value); } = [];

    /// <summary>The ids of the service's DHT node, of the families it listens on: that for IPv4, then that for IPv6. They follow the external address (BEP 42). Empty before the start.</summary>
    public IReadOnlyList<NodeId> NodeIds { get; init => field = FrozenList.Of(value); } = [];
}

/// <summary>How one source, layer or store is doing.</summary>
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
