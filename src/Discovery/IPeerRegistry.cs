namespace Discovery;

/// <summary>The verified peers known now, bounded by <see cref="DiscoveryLimits.MaxPeers"/>. Reading takes no lock and no traffic. Safe for use by many threads at once.</summary>
public interface IPeerRegistry
{
    /// <summary>How many peers are known.</summary>
    int Count { get; }

    /// <summary>One peer; null when it is not known.</summary>
    PeerInfo? Get(PeerId id);

    /// <summary>The peers that match, best first, as they were at one moment.</summary>
    /// <param name="filter">What a peer must meet; null for any peer.</param>
    IReadOnlyList<PeerInfo> List(PeerFilter? filter = null);

    /// <summary>The peers that match and answered when they were last asked, best first, as they were at one moment.</summary>
    /// <param name="filter">What a peer must meet; null for any peer.</param>
    IReadOnlyList<PeerInfo> ListAlive(PeerFilter? filter = null);

    /// <summary>The peers that match and to which the application says that it is connected, best first, as they were at one moment.</summary>
    /// <param name="filter">What a peer must meet; null for any peer.</param>
    IReadOnlyList<PeerInfo> ListConnected(PeerFilter? filter = null);

    /// <summary>The known peers in numbers. Looks at each of them.</summary>
    PeerStatistics GetStatistics();

    /// <summary>Takes up a peer that is known from elsewhere, such as another registry. It is asked for a proof of its key before long, and known when it has given one.</summary>
    /// <param name="peer">The peer, with its <see cref="PeerInfo.Record"/>; nothing else in it is believed.</param>
    /// <returns>False when it has no record of this network with a good signature, is this peer itself, is known already, is banned, or there is no room.</returns>
    bool Add(PeerInfo peer);

    /// <summary>Takes note of what the application has learnt of a peer.</summary>
    /// <returns>False when the peer is not known.</returns>
    bool Update(PeerId id, PeerUpdate update);

    /// <summary>Forgets a peer and what was measured of it. It may be found again.</summary>
    /// <returns>False when the peer was not known.</returns>
    bool Remove(PeerId id);
}
