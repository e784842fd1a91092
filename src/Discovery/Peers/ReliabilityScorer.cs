namespace Discovery.Peers;

/// <summary>Who answers is good: <see cref="PeerInfo.Reliability"/> as it is.</summary>
internal sealed class ReliabilityScorer : IPeerScorer
{
    public string Name => "reliability";

    public double Score(PeerInfo peer) => peer.Reliability;
}
