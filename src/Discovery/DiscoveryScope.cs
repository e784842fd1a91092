namespace Discovery;

/// <summary>How far a layer reaches.</summary>
public enum DiscoveryScope
{
    /// <summary>The network segment this machine is on.</summary>
    Local,

    /// <summary>Peers near in round-trip time or of the same region.</summary>
    Regional,

    /// <summary>Anywhere.</summary>
    Global,
}
