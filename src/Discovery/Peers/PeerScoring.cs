namespace Discovery.Peers;

/// <summary>The weighted mean of several opinions: Σ weight × clamp(score, 0, 1) / Σ weight. An opinion that is NaN or throws is left out of both sums; with none left the score is 0.</summary>
internal sealed class PeerScoring
{
    private readonly (IPeerScorer Scorer, double Weight)[] _scorers;
    private readonly Action<IPeerScorer, Exception>? _onFailure;

    /// <param name="scorers">Who is asked, with weights larger than zero.</param>
    /// <param name="onFailure">Told when a scorer throws. Called by any thread, under a lock: it may log and no more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is not a finite number larger than zero.</exception>
    public PeerScoring(IEnumerable<(IPeerScorer Scorer, double Weight)> scorers, Action<IPeerScorer, Exception>? onFailure = null)
    {
        _scorers = [.. scorers];
        _onFailure = onFailure;
        foreach ((IPeerScorer scorer, double weight) in _scorers)
        {
            ArgumentNullException.ThrowIfNull(scorer, nameof(scorers));
            if (!(weight > 0 && double.IsFinite(weight)))
                throw new ArgumentOutOfRangeException(nameof(scorers), weight, "A weight is a finite number larger than 0.");
        }
    }

    /// <summary>
    /// What applies unless the application weighs it otherwise or adds to it: (latency + reliability + 0.25 capacity + 0.25 freshness) / 2.5. Capacity is mostly claimed and freshness mostly the same for all, so together they
    /// decide only between peers that are alike in what was measured.
    /// </summary>
    public static IReadOnlyList<(IPeerScorer Scorer, double Weight)> Default { get; } =
        [(new LatencyScorer(), 1), (new ReliabilityScorer(), 1), (new CapacityScorer(), 0.25), (new FreshnessScorer(), 0.25)];

    public double Score(PeerInfo peer)
    {
        double sum = 0, weights = 0;
        foreach ((IPeerScorer scorer, double weight) in _scorers)
            if (Ask(scorer, peer) is { } score && !double.IsNaN(score))
            {
                sum += weight * Math.Clamp(score, 0, 1);
                weights += weight;
            }
        return weights > 0 ? sum / weights : 0;
    }

    private double? Ask(IPeerScorer scorer, PeerInfo peer)
    {
        try
        {
            return scorer.Score(peer);
        }
        catch (Exception exception)
        {
            // One application's scorer must not hide peers from the rest of it.
            _onFailure?.Invoke(scorer, exception);
            return null;
        }
    }
}
