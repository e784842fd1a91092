namespace Discovery;

/// <summary>Gives the sequence numbers of our own items: Unix time in microseconds, strictly growing even when the clock stands still or goes back. Thread-safe.</summary>
/// <param name="last">The last number given in an earlier run; the first one is greater.</param>
internal sealed class SequenceClock(long last = 0)
{
    private readonly Lock _lock = new();
    private long _last = last;

    /// <summary>The next number, for an item signed at <paramref name="now"/>.</summary>
    public long Next(DateTimeOffset now)
    {
        lock (_lock)
            return _last = Math.Max(_last + 1, ToSequence(now));
    }

    /// <summary>A time as a sequence number: microseconds since 1970, not negative.</summary>
    public static long ToSequence(DateTimeOffset time) => Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
}
