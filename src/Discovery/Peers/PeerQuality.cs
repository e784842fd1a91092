namespace Discovery.Peers;

/// <summary>What was measured of a peer: a value; each exchange makes the next one.</summary>
internal readonly record struct PeerQuality
{
    /// <summary>After this long an exchange weighs half as much, so that an old failure fades.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromHours(1);

    private double Successes { get; init; }

    private double Failures { get; init; }

    private DateTimeOffset At { get; init; }

    /// <summary>RFC 6298, section 2: the first measurement, then 7/8 of the old value and 1/8 of the new one.</summary>
    public TimeSpan? Rtt { get; private init; }

    /// <summary>How many exchanges have failed since the last answer.</summary>
    public int ConsecutiveFailures { get; private init; }

    /// <summary>The decayed share of answers, as if there had been one success and one failure before: 0.5 for the unknown, 2/3 after one success, never 0 or 1.</summary>
    public double Reliability => (Successes + 1) / (Successes + Failures + 2);

    /// <summary>The peer answered.</summary>
    /// <param name="rtt">The time it took; null when it is not certain which of several queries was answered (RFC 6298, section 3).</param>
    /// <param name="now">When.</param>
    public PeerQuality Answered(TimeSpan? rtt, DateTimeOffset now) => Count(1, 0, now) with
    {
        ConsecutiveFailures = 0,
        Rtt = rtt is null || Rtt is null ? rtt ?? Rtt : (Rtt * 7 + rtt) / 8,
    };

    /// <summary>The peer did not answer, or answered wrongly.</summary>
    public PeerQuality Failed(DateTimeOffset now) => Count(0, 1, now) with { ConsecutiveFailures = ConsecutiveFailures + 1 };

    private PeerQuality Count(int successes, int failures, DateTimeOffset now)
    {
        // A clock that goes back decays nothing.
        double decay = now > At ? Math.Pow(0.5, (now - At) / HalfLife) : 1;
        return this with { Successes = Successes * decay + successes, Failures = Failures * decay + failures, At = now > At ? now : At };
    }
}
