namespace Discovery.Service;

/// <summary>A layer, how it is doing, and when it may be asked again.</summary>
internal sealed record LayerPart(string Name, DiscoveryScope Scope, IDiscoveryLayer Layer, PartMonitor Monitor, LayerBackoff Backoff)
{
    /// <summary>Whether it has been started.</summary>
    public bool IsStarted { get; set; }
}
