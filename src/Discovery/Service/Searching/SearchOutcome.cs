namespace Discovery.Service;

/// <summary>What a search came to.</summary>
/// <param name="Peers">The peers that the strategy picked, best first, each with the layer that found it.</param>
/// <param name="Failures">What went wrong.</param>
internal sealed record SearchOutcome(IReadOnlyList<(PeerInfo Peer, string Layer)> Peers, IReadOnlyList<DiscoveryFailure> Failures);
