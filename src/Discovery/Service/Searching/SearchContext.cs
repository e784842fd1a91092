using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>What every search of a service works with.</summary>
/// <param name="Layers">Whom to ask.</param>
/// <param name="VerifyAsync">Proves a sighting; null when nobody of use is there.</param>
/// <param name="Registry">The peers that are known.</param>
/// <param name="Options">Strategy, deadlines and clock.</param>
/// <param name="Logger">Where logs go.</param>
/// <param name="Lifetime">Cancelled when the service is disposed.</param>
internal sealed record SearchContext(
    IReadOnlyList<LayerPart> Layers,
    Func<PeerSighting, CancellationToken, Task<PeerInfo?>> VerifyAsync,
    IPeerRegistry Registry,
    DiscoveryOptions Options,
    ILogger Logger,
    CancellationToken Lifetime)
{
    /// <summary>How near a peer is: the nearest scope of the layers that saw it.</summary>
    public DiscoveryScope ScopeOf(PeerInfo peer)
    {
        DiscoveryScope nearest = DiscoveryScope.Global;
        foreach (LayerPart part in Layers)
            if (part.Scope < nearest && peer.Sources.Contains(part.Name))
                nearest = part.Scope;
        return nearest;
    }
}
