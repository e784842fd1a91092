namespace Discovery;

/// <summary>Finds peers, proves who they are and remembers how good they are. Made by <c>DiscoveryServiceBuilder</c>; safe for use by many threads at once.</summary>
/// <remarks>What the network does wrong is data (<see cref="DiscoveryResult.Failures"/>, <see cref="GetHealth"/>), never an exception. Disposing is idempotent and ends every search under way.</remarks>
public interface IDiscoveryService : IAsyncDisposable
{
    /// <summary>This peer as others see it. Its <see cref="PeerInfo.Record"/> is null and its end points are empty before <see cref="InitializeAsync"/>.</summary>
    PeerInfo Self { get; }

    /// <summary>The verified peers known now.</summary>
    IPeerRegistry Peers { get; }

    /// <summary>Starts every source and layer. A second call awaits the first one.</summary>
    /// <returns>True when at least one first contact or layer is usable; a dead source never throws.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The service has been disposed.</exception>
    ValueTask<bool> InitializeAsync(CancellationToken cancellationToken = default);

    /// <summary>Up to <paramref name="count"/> verified peers that match, best first, by the strategy in force. Returns early when the count is reached.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="filter">What a peer must meet; null for any peer.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The service has been disposed.</exception>
    ValueTask<DiscoveryResult> DiscoverPeersAsync(int count, PeerFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>The same search as a stream: peers as they are verified, each once. Leaving the loop stops the work.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The service has been disposed.</exception>
    IAsyncEnumerable<PeerInfo> FindPeersAsync(PeerFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>One peer by its key.</summary>
    /// <returns>Null when every layer finished without an answer.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The service has been disposed.</exception>
    ValueTask<PeerInfo?> ResolvePeerAsync(PeerId id, CancellationToken cancellationToken = default);

    /// <summary>Publishes this peer on every layer able to.</summary>
    /// <returns>Per layer: asked, acknowledged, error.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The service has been disposed.</exception>
    ValueTask<AnnounceResult> AnnouncePresenceAsync(CancellationToken cancellationToken = default);

    /// <summary>Already known peers that answered when they were last asked, best first and not too many of one network or region where there are others, at once and without traffic. Soon after each of them is asked whether it still lives, so that a dead one is not given again.</summary>
    /// <param name="count">The most to return: at least 1.</param>
    /// <param name="filter">What a peer must meet; null for any peer.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    IReadOnlyList<PeerInfo> GetRecommendedPeers(int count = 10, PeerFilter? filter = null);

    /// <summary>What happens to the peers that match, in one order, from now on.</summary>
    /// <remarks>
    /// A reader that falls behind finds several events of one peer folded into one, so that acting on every event read still yields the true set of peers; at most two events
    /// for each peer the registry may hold wait, and beyond that the oldest is dropped.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The service has been disposed.</exception>
    IAsyncEnumerable<PeerEvent> WatchPeersAsync(PeerFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>How the service, its sources and its layers are doing now. No traffic.</summary>
    DiscoveryHealth GetHealth();
}
