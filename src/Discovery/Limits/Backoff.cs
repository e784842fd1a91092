namespace Discovery.Limits;

/// <summary>Exponential back-off with jitter: the n-th delay is drawn uniformly between the minimum and the minimum times 2ⁿ, at most the maximum.</summary>
internal struct Backoff(TimeSpan minimum, TimeSpan maximum)
{
    private int _failures;

    /// <summary>The delay before the next try.</summary>
    public TimeSpan Next(Random random)
    {
        _failures = Math.Min(_failures + 1, 32);
        double ceiling = Math.Min(maximum.Ticks, minimum.Ticks * (double)(1L << _failures));
        return TimeSpan.FromTicks((long)(minimum.Ticks + random.NextDouble() * Math.Max(0, ceiling - minimum.Ticks)));
    }

    /// <summary>Starts again at the minimum.</summary>
    public void Reset() => _failures = 0;
}
