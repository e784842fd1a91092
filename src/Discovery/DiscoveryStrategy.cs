namespace Discovery;

/// <summary>In which order the layers are asked.</summary>
public enum DiscoveryStrategy
{
    /// <summary>The local layers, then the regional, then the global ones, each only while peers are still missing: least traffic, slowest when nobody is near.</summary>
    LocalFirst,

    /// <summary>All layers at once, each scope with its share of the result; a share that is not filled goes to the others.</summary>
    Balanced,

    /// <summary>All layers at once; the first good answers win, and better ones that come a little later (<see cref="DiscoveryTiming.HybridGrace"/>) replace the weakest: fastest.</summary>
    Hybrid,
}
