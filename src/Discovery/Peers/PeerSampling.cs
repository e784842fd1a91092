namespace Discovery.Peers;

/// <summary>Whom to measure next: a tenth of the peers in each round, at least one, so that ten rounds reach everybody; the most uncertain first.</summary>
/// <remarks>
/// Uncertainty = t / 5 min + min(1, RTTVAR / SRTT) + 2 / (2 + n) + min(3, failures in a row), with t the time since the last exchange and n the exchanges remembered (S + F, decayed); 1 for the second
/// term when nothing was measured. Whoever has just failed is asked again in the next round. Before all of them come those of whom nine rounds have heard nothing: the tenth is theirs.
/// <para>The cost of tracking n peers is n / 10 exchanges a round: with rounds of 30 s, 4096 peers cost 14 exchanges a second and 10 000 cost 34.</para>
/// </remarks>
internal static class PeerSampling
{
    /// <summary>The share of the peers that a round measures: one in ten.</summary>
    public const int OneIn = 10;

    /// <summary>More than any other uncertainty.</summary>
    private const double Overdue = 1e9;

    private static readonly TimeSpan AgeUnit = TimeSpan.FromMinutes(5);

    /// <summary>How many of so many peers a round measures.</summary>
    public static int Share(int peers) => (peers + OneIn - 1) / OneIn;

    /// <summary>How little is known of a peer.</summary>
    public static double Uncertainty(in PeerQuality quality, DateTimeOffset now)
    {
        double age = now > quality.At ? (now - quality.At) / AgeUnit : 0;
        double spread = quality.Rtt is { } rtt ? Math.Min(1, quality.RttVariance.GetValueOrDefault() / new TimeSpan(Math.Max(1, rtt.Ticks))) : 1;
        return age + spread + 2 / (2 + quality.EvidenceAt(now)) + Math.Min(3, quality.ConsecutiveFailures);
    }

    /// <summary>Puts them in the order in which they are to be measured.</summary>
    /// <param name="peers">All of them.</param>
    /// <param name="interval">How long a round is.</param>
    /// <param name="now">When.</param>
    /// <returns>The most uncertain first.</returns>
    public static PeerInfo[] Order(ReadOnlySpan<PeerEntry> peers, TimeSpan interval, DateTimeOffset now)
    {
        double[] certainty = new double[peers.Length];
        PeerInfo[] infos = new PeerInfo[peers.Length];
        for (int i = 0; i < peers.Length; i++)
        {
            ref readonly PeerEntry peer = ref peers[i];
            double overdue = now - peer.Quality.At >= interval * (OneIn - 1) ? Overdue : 0;
            (certainty[i], infos[i]) = (-overdue - Uncertainty(peer.Quality, now), peer.Info);
        }
        Array.Sort(certainty, infos);
        return infos;
    }
}
