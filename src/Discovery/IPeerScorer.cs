namespace Discovery;

/// <summary>One opinion on how good a peer is. Several, weighted, make <see cref="PeerInfo.Score"/>.</summary>
public interface IPeerScorer
{
    /// <summary>A short name for logs and health: <c>latency</c>.</summary>
    string Name { get; }

    /// <summary>From 0, avoid, to 1, prefer. Pure and fast: the same peer always gets the same score, and nothing is awaited or called.</summary>
    /// <remarks>A result below 0 or above 1 is clamped. A scorer that gives NaN or throws is left out for that peer.</remarks>
    double Score(PeerInfo peer);
}
