namespace Discovery.Simulation;

/// <summary>What protects the library's nodes from those who lie: to be switched off, to see what it is worth.</summary>
[Flags]
public enum Defences
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Ids that are bound to their address (BEP 42) go before others.</summary>
    BoundIds = 1,

    /// <summary>One address and one /24 get but a small part of a routing table, and one query in a walk.</summary>
    SubnetLimits = 2,

    /// <summary>What is stored goes farther than the k nearest when they lie too dense.</summary>
    StoreSet = 4,

    /// <summary>Walks pass over those who were named by nodes whose other advice was bad.</summary>
    SourceGraph = 8,

    /// <summary>A search that a crowd around its target may have misled goes on beside it.</summary>
    DensityCheck = 16,

    /// <summary>All of them.</summary>
    All = BoundIds | SubnetLimits | StoreSet | SourceGraph | DensityCheck,
}
