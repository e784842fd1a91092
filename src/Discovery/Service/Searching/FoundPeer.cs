namespace Discovery.Service;

/// <summary>A peer that a search found, by which layer, and how near that layer reaches.</summary>
internal sealed class FoundPeer(PeerInfo peer, string layer, DiscoveryScope scope)
{
    public PeerInfo Peer => peer;

    /// <summary>The layer whose sighting led to it first; <see cref="PeerSearch.Registry"/> when it was known already.</summary>
    public string Layer => layer;

    /// <summary>The nearest of the scopes in which it was sighted. A later sighting may bring it nearer.</summary>
    public DiscoveryScope Scope { get; set; } = scope;
}
