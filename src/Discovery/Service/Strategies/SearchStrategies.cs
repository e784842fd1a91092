using Discovery.Peers;

namespace Discovery.Service;

/// <summary>What strategies share.</summary>
internal static class SearchStrategies
{
    public static IReadOnlyList<DiscoveryScope> Scopes { get; } = [DiscoveryScope.Local, DiscoveryScope.Regional, DiscoveryScope.Global];

    private const int MaxKnown = 64;

    /// <summary>A strategy for one search.</summary>
    /// <param name="options">Which one, and its times.</param>
    /// <param name="count">How many peers are wanted.</param>
    /// <param name="scopes">The scopes that there are layers of.</param>
    public static ISearchStrategy Create(DiscoveryOptions options, int count, IEnumerable<DiscoveryScope> scopes) => options.Strategy switch
    {
        DiscoveryStrategy.LocalFirst => new LocalFirstStrategy(count, options.Timing.ScopePatience, options.Timing.HybridGrace),
        DiscoveryStrategy.Balanced => new BalancedStrategy(count, scopes, options.Timing.ScopePatience, options.Timing.HybridGrace),
        _ => new HybridStrategy(count, options.Timing.HybridGrace),
    };

    /// <summary>How many known peers are asked for so many that are wanted: some may be gone.</summary>
    public static int KnownFor(int count) => (int)Math.Min(MaxKnown, 2L * count);

    /// <summary>Whether peers are too much alike to be a result of so many: of one network (/24 or /64) no more than a quarter counts, at least one.</summary>
    public static bool IsCrowded(IEnumerable<FoundPeer> found, int count)
    {
        int most = Math.Max(1, count / 4);
        return found.CountBy(static found => found.Peer.EndPoints.Count > 0 ? found.Peer.EndPoints[0].SubnetBits : 0).Sum(network => Math.Min(network.Value, most)) < count;
    }

    /// <summary>The best of some peers, not too many of them alike (<see cref="PeerDiversity"/>), best first.</summary>
    public static IEnumerable<FoundPeer> Best(IEnumerable<FoundPeer> found, int count)
    {
        if (count == 0)
            return [];
        // Of equals the one that answered first.
        FoundPeer[] bestFirst = [.. found.OrderByDescending(static peer => peer.Peer.Score)];
        if (bestFirst.Length <= count)
            return bestFirst;
        Dictionary<PeerId, FoundPeer> byId = bestFirst.ToDictionary(static peer => peer.Peer.Id);
        return PeerDiversity.Select([.. bestFirst.Select(static peer => peer.Peer)], count).Select(peer => byId[peer.Id]);
    }
}
