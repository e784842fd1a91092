namespace Discovery.Kademlia;

/// <summary>Chooses the nodes that shall store something, so that strangers who crowd round its target cannot have all the copies.</summary>
internal static class StoreSet
{
    private const int Max = 20;
    private const int BoundEnough = Lookup.K / 2;

    /// <summary>
    /// The k nearest, for that is where everybody looks; then farther ones until the set reaches as far as the k-th node of a network of this size should be and half of k bear ids bound to
    /// their addresses (BEP 42), or 20 are chosen. Too dense a neighbourhood is a sign of ids made to measure.
    /// </summary>
    /// <param name="lookup">The finished walk.</param>
    /// <param name="expectedRatio">How far the k-th nearest node should be, as a part of the key space; 0 when the network's size is unknown.</param>
    public static Responder[] Choose(Lookup lookup, double expectedRatio)
    {
        List<Responder> chosen = [];
        int bound = 0;
        double reach = 0;
        foreach (Candidate candidate in lookup.Responders)
        {
            if (chosen.Count >= Max || chosen.Count >= Lookup.K && (!lookup.Tuning.SpreadsStores || reach >= expectedRatio && bound >= BoundEnough))
                break;
            // Ids that are not bound cost nothing: as many as there are could be had in front of all others.
            if (candidate.Token is not { } token || !candidate.IsBound && chosen.Count - bound >= Lookup.K)
                continue;
            chosen.Add(new(candidate.Id, candidate.EndPoint, token));
            reach = NetworkSizeEstimator.DistanceRatio(lookup.Target, candidate.Id);
            if (candidate.IsBound)
                bound++;
        }
        return [.. chosen];
    }
}
