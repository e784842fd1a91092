using Microsoft.Extensions.Logging;

namespace Discovery;

/// <summary>What a layer is given when it starts.</summary>
public sealed record DiscoveryContext
{
    /// <summary>The name of the network.</summary>
    /// <exception cref="ArgumentException">The name is empty, blank, or has a NUL character.</exception>
    public required string Network
    {
        get;
        init
        {
            Topic = NetworkTopic.ForNetwork(value);
            field = value;
        }
    }

    /// <summary>The topic of every member of the network: SHA-1 of its name (PROTOCOL, "Names").</summary>
    public NodeId Topic { get; private init; }

    /// <summary>The options of the service.</summary>
    public required DiscoveryOptions Options { get; init; }

    /// <summary>Gives this peer as it is now, with its current record. Called by any thread.</summary>
    public required Func<PeerInfo> GetSelf { get; init; }

    /// <summary>Gives the first contacts of all sources as they are found, then those of every refresh, until cancelled. Each reader gets all of them.</summary>
    public required Func<CancellationToken, IAsyncEnumerable<BootstrapNode>> GetBootstrapNodesAsync { get; init; }

    /// <summary>Has a known peer asked at once whether it still lives: somebody says that it is gone. Called by any thread.</summary>
    internal Action<PeerId> Doubt { get; init; } = static _ => { };

#pragma warning disable RS0030 // A layer waits, so it is handed the clock it waits by.
    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider => Options.TimeProvider;
#pragma warning restore RS0030

    /// <summary>Where logs go.</summary>
    public ILoggerFactory LoggerFactory => Options.LoggerFactory;

    /// <summary>The topic of those who offer <paramref name="capability"/>.</summary>
    /// <exception cref="ArgumentException">The capability is empty.</exception>
    public NodeId GetCapabilityTopic(string capability) => NetworkTopic.ForCapability(Network, capability);

    /// <summary>The topic of those in <paramref name="region"/>.</summary>
    /// <exception cref="ArgumentException">The region is empty.</exception>
    public NodeId GetRegionTopic(string region) => NetworkTopic.ForRegion(Network, region);
}
