using Discovery.Layers;

namespace Discovery;

/// <content>The layers that need more than their context.</content>
public sealed partial class DiscoveryService
{
    private IEnumerable<IDiscoveryLayer> CreateLayers()
    {
        foreach (IDiscoveryLayer layer in _parts.Layers)
            yield return layer;
        if (_parts.Local is { } local)
            yield return new LocalLayer(local);
        if (_parts.Regional is { } options)
            yield return new RegionalLayer(new()
            {
                GetNode = () => Node,
                Registry = _registry,
                Coordinates = _coordinates,
                VerifyAsync = async (sighting, cancellationToken) => (await _verifier.VerifyAsync(sighting, cancellationToken).ConfigureAwait(false)).Peer,
                HasGlobalLayer = _parts.HasGlobalLayer,
            }, options);
        if (_parts.HasGlobalLayer)
            yield return new GlobalLayer(() => Node);
    }
}
