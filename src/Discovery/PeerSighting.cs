namespace Discovery;

/// <summary>Someone may be at this end point. Nothing is proven yet.</summary>
/// <param name="EndPoint">Where to ask.</param>
/// <param name="Source">The name of the layer that saw it.</param>
public sealed record PeerSighting(PeerEndPoint EndPoint, string Source)
{
    /// <summary>Who is said to be there; null when it is not said. A peer that proves another key is not taken for the one asked for.</summary>
    public PeerId? Id { get; init; }
}
