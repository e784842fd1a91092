using Discovery.Transports;

namespace Discovery.Service;

/// <summary>What a builder has put together.</summary>
internal sealed record ServiceParts
{
    public required string Network { get; init; }

    public required DiscoveryOptions Options { get; init; }

    public required IReadOnlyList<(string Name, IBootstrapSource Source)> Sources { get; init; }

    /// <summary>Layers of the application.</summary>
    public required IReadOnlyList<IDiscoveryLayer> Layers { get; init; }

    /// <summary>Who is asked how good a peer is, the default ones included.</summary>
    public required IReadOnlyList<(IPeerScorer Scorer, double Weight)> Scorers { get; init; }

    /// <summary>Instead of sockets; null for sockets.</summary>
    public IReadOnlyList<IDatagramTransport>? Transports { get; init; }

    /// <summary>How the local layer looks; null without one.</summary>
    public LocalLayerOptions? Local { get; init; }

    public bool HasGlobalLayer { get; init; }

    /// <summary>How the regional layer looks for peers; null for no such layer.</summary>
    public RegionalLayerOptions? Regional { get; init; }

    /// <summary>Whether the rules of the public network hold.</summary>
    public bool IsPublic { get; init; }
}
