namespace Discovery;

/// <summary>A way of finding peers: the LAN, the region, a DHT. It yields sightings; the service proves each before anybody sees it.</summary>
/// <remarks>A layer may throw from any method: the service turns that into a failure of this layer, and the others go on.</remarks>
public interface IDiscoveryLayer : IAsyncDisposable
{
    /// <summary>A short name for results, health and logs: <c>local</c>, <c>global</c>. Unique in a service.</summary>
    string Name { get; }

    /// <summary>How far the layer reaches.</summary>
    DiscoveryScope Scope { get; }

    /// <summary>Starts the layer. Called once, before any other method, and not in a constructor: only here may it do I/O.</summary>
    ValueTask StartAsync(DiscoveryContext context, CancellationToken cancellationToken);

    /// <summary>Looks for peers and yields sightings as they come. May be called many times at once; leaving the loop or cancelling stops the work.</summary>
    IAsyncEnumerable<PeerSighting> FindAsync(PeerQuery query, CancellationToken cancellationToken);

    /// <summary>Publishes this peer. Called again before the record expires.</summary>
    /// <param name="record">This peer's record, freshly signed.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>How many were asked and how many acknowledged; by default <see cref="LayerAnnouncement.NotSupported"/>.</returns>
    ValueTask<LayerAnnouncement> AnnounceAsync(SignedItem record, CancellationToken cancellationToken) => ValueTask.FromResult(LayerAnnouncement.NotSupported);
}
