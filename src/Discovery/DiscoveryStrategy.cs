namespace Discovery;

/// <summary>In which order the layers are asked.</summary>
public enum DiscoveryStrategy
{
    /// <summary>The local layers, then the regional, then the global ones, each only while peers are still missing: least traffic, slowest when nobody is near.</summary>
    LocalFirst,

    /// <summary>All layers at once, each scope with its share of the result; a share that is not filled goes to the others.</summary>
    Balanced,

    /// <summary>All layers at once; the first good answers win, and better ones that come a little later replace the weakest: fastest.</summary>
    /// <remarks>
    /// Once there are peers enough a search goes on only while waiting pays: until no better one has come for <see cref="DiscoveryTiming.HybridGrace"/>, and at most for as long as it took to get there and the
    /// grace once more. It does not use up <see cref="DiscoveryTiming.DiscoveryTimeout"/>, which would make every call last that long; who wants that sets the grace to it.
    /// </remarks>
    Hybrid,
}
