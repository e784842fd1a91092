namespace Discovery;

/// <summary>The verified peers known now, bounded by <see cref="DiscoveryLimits.MaxPeers"/>. Reading takes no lock and no traffic.</summary>
public interface IPeerRegistry
{
    /// <summary>How many peers are known.</summary>
    int Count { get; }

    /// <summary>One peer; null when it is not known.</summary>
    PeerInfo? Get(PeerId id);

    /// <summary>The peers that match, best first, as they were at one moment.</summary>
    /// <param name="filter">What a peer must meet; null for any peer.</param>
    IReadOnlyList<PeerInfo> List(PeerFilter? filter = null);
}
