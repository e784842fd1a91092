namespace Discovery.Peers;

/// <summary>What was measured of a peer: a value; each exchange makes the next one.</summary>
internal readonly record struct PeerQuality
{
    /// <summary>After this long an exchange weighs half as much, so that an old failure fades.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromHours(1);

    /// <summary>What an offence against the protocol weighs, in failures.</summary>
    public const int OffenceFailures = 4;

    /// <summary>The answers, each weighing 0.5^(age / half-life), as of <see cref="At"/>.</summary>
    public double Successes { get; init; }

    /// <summary>The failures, likewise.</summary>
    public double Failures { get; init; }

    /// <summary>When the last exchange ended.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When the peer answered last; null when it never did.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>SRTT of RFC 6298, section 2: the first measurement, then 7/8 of the old value and 1/8 of the new one.</summary>
    public TimeSpan? Rtt { get; init; }

    /// <summary>RTTVAR of RFC 6298, section 2: half the first measurement, then 3/4 of the old value and 1/4 of |SRTT − R|.</summary>
    public TimeSpan? RttVariance { get; init; }

    /// <summary>The shortest measurement.</summary>
    public TimeSpan? MinRtt { get; init; }

    /// <summary>The median of the last three measurements, or the mean of two: what one late answer does not disturb.</summary>
    public TimeSpan? RecentRtt => Latest is not { } a || Before is not { } b ? Latest
        : BeforeThat is not { } c ? Toward(a, b, 2)
        : a < b ? b < c ? b : a < c ? c : a
        : a < c ? a : b < c ? c : b;

    /// <summary>How many exchanges have failed since the last answer.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>What the peer carried, each figure smoothed like the round trip.</summary>
    public PeerCapacity? Capacity { get; init; }

    /// <summary><see cref="ReliabilityAt"/> the time of the last exchange.</summary>
    public double Reliability => (Successes + 1) / (Successes + Failures + 2);

    private TimeSpan? Latest { get; init; }

    private TimeSpan? Before { get; init; }

    private TimeSpan? BeforeThat { get; init; }

    /// <summary>
    /// The decayed share of answers, as if there had been one success and one failure before: (S + 1) / (S + F + 2). 0.5 for the unknown, 2/3 after one success, never 0 or 1; without news it goes
    /// back to 0.5.
    /// </summary>
    public double ReliabilityAt(DateTimeOffset now)
    {
        double decay = Decay(now);
        return (Successes * decay + 1) / ((Successes + Failures) * decay + 2);
    }

    /// <summary>How many exchanges are still remembered, decayed: S + F.</summary>
    public double EvidenceAt(DateTimeOffset now) => (Successes + Failures) * Decay(now);

    /// <summary>The peer answered.</summary>
    /// <param name="rtt">The time it took; null when it is not certain which of several queries was answered (RFC 6298, section 3).</param>
    /// <param name="now">When.</param>
    public PeerQuality Answered(TimeSpan? rtt, DateTimeOffset now)
    {
        PeerQuality answered = Count(1, 0, now) with { ConsecutiveFailures = 0, LastSuccess = now > LastSuccess ? now : LastSuccess ?? now };
        return rtt is { } measured ? answered.Measured(measured) : answered;
    }

    /// <summary>The peer did not answer, or answered wrongly.</summary>
    public PeerQuality Failed(DateTimeOffset now) => Count(0, 1, now) with { ConsecutiveFailures = ConsecutiveFailures + 1 };

    /// <summary>The peer broke the protocol: <see cref="OffenceFailures"/> failures at once, though it is there.</summary>
    public PeerQuality Offended(DateTimeOffset now) => Count(0, OffenceFailures, now);

    /// <summary>The application used the peer. Whether it is there is another question.</summary>
    public PeerQuality Used(bool isSuccess, DateTimeOffset now) => Count(isSuccess ? 1 : 0, isSuccess ? 0 : 1, now);

    /// <summary>A round-trip time was measured.</summary>
    public PeerQuality Measured(TimeSpan rtt) => this with
    {
        RttVariance = Rtt is { } smoothed ? Toward(RttVariance.GetValueOrDefault(), (smoothed - rtt).Duration(), 4) : rtt / 2,
        Rtt = Rtt is { } before ? Toward(before, rtt, 8) : rtt,
        MinRtt = rtt < MinRtt ? rtt : MinRtt ?? rtt,
        Latest = rtt,
        Before = Latest,
        BeforeThat = Before,
    };

    /// <summary>The peer was seen to carry this much: the first observation, then 7/8 of the old value and 1/8 of the new one.</summary>
    public PeerQuality Carried(PeerCapacity observed) => this with
    {
        Capacity = new()
        {
            BandwidthKbps = Smooth(Capacity?.BandwidthKbps, observed.BandwidthKbps),
            Connections = Smooth(Capacity?.Connections, observed.Connections),
            StorageMiB = Smooth(Capacity?.StorageMiB, observed.StorageMiB),
            LoadPercent = (int?)Smooth(Capacity?.LoadPercent, observed.LoadPercent),
        },
    };

    // Away from zero, so that it arrives.
    private static long? Smooth(long? old, long? value) => old is not { } before || value is not { } now ? value ?? old : before + (now - before) / 8 + Math.Sign((now - before) % 8);

    // No sum of theirs, which the longest times have none of.
    private static TimeSpan Toward(TimeSpan old, TimeSpan value, int parts) => old + (value - old) / parts;

    // A clock that goes back decays nothing.
    private double Decay(DateTimeOffset now) => now > At ? Math.Pow(0.5, (now - At) / HalfLife) : 1;

    private PeerQuality Count(int successes, int failures, DateTimeOffset now)
    {
        double decay = Decay(now);
        return this with { Successes = Successes * decay + successes, Failures = Failures * decay + failures, At = now > At ? now : At };
    }
}
