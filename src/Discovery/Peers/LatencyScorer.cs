namespace Discovery.Peers;

/// <summary>Near is good: 100 ms / (100 ms + RTT). 1 at no distance, 0.5 at 100 ms. Measured if it was, else as predicted by coordinates; 0.5 when nothing is known.</summary>
internal sealed class LatencyScorer : IPeerScorer
{
    private const double HalfScoreMilliseconds = 100;

    public string Name => "latency";

    public double Score(PeerInfo peer) => HalfScoreMilliseconds / (HalfScoreMilliseconds + ((peer.Rtt ?? peer.PredictedRtt)?.TotalMilliseconds ?? HalfScoreMilliseconds));
}
