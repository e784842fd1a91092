namespace Discovery.Kademlia;

/// <summary>Chooses the nodes that shall store something, so that strangers who crowd round its target cannot have all the copies.</summary>
internal static class StoreSet
{
    private const int Max = 20;

    /// <summary>
    /// The k nearest, nodes whose ids are bound to their addresses (BEP 42) first; then farther ones until the set reaches as far as the k-th node of a network of this size should be,
    /// or 20 are chosen. Too dense a neighbourhood is a sign of ids made to measure.
    /// </summary>
    /// <param name="lookup">The finished walk.</param>
    /// <param name="expectedRatio">How far the k-th nearest node should be, as a part of the key space; 0 when the network's size is unknown.</param>
    public static List<Candidate> Choose(Lookup lookup, double expectedRatio)
    {
        List<Candidate> chosen = [.. lookup.Responders.Where(static c => c.Token is not null).OrderBy(static c => c.IsSecure ? 0 : 1).Take(Lookup.K)];
        foreach (Candidate candidate in lookup.Responders)
        {
            if (chosen.Count >= Max || chosen.Count >= Lookup.K && chosen.Max(c => NetworkSizeEstimator.DistanceRatio(lookup.Target, c.Id)) >= expectedRatio)
                break;
            if (candidate.Token is not null && !chosen.Contains(candidate))
                chosen.Add(candidate);
        }
        return chosen;
    }
}
