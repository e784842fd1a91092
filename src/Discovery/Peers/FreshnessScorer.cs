namespace Discovery.Peers;

/// <summary>Who was there a moment ago is good: <see cref="PeerInfo.Freshness"/> as it is.</summary>
internal sealed class FreshnessScorer : IPeerScorer
{
    /// <summary>After this long without a proof a peer is half as fresh.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(15);

    public string Name => "freshness";

    public double Score(PeerInfo peer) => peer.Freshness;

    /// <summary>0.5^(age / half-life): 1 just after a proof, and for a clock that went back.</summary>
    public static double Compute(DateTimeOffset lastSeen, DateTimeOffset now) => now > lastSeen ? Math.Pow(0.5, (now - lastSeen) / HalfLife) : 1;
}
