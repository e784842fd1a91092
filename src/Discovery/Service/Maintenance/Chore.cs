namespace Discovery.Service;

/// <summary>Something to be done from time to time. Time is an argument; each period has ±10 % jitter, so that peers started together do not work together.</summary>
/// <param name="period">How often. <see cref="TimeSpan.MaxValue"/> for never.</param>
/// <param name="random">Where chance comes from.</param>
/// <param name="now">The present; the first time is a period from now.</param>
internal sealed class Chore(TimeSpan period, Random random, TimeSpan now)
{
    private TimeSpan _next = After(now, Jitter(period, random));

    /// <summary>Whether it is due; then its next time is a period from now.</summary>
    public bool TakeDue(TimeSpan now)
    {
        if (now < _next)
            return false;
        _next = After(now, Jitter(period, random));
        return true;
    }

    /// <summary>A period, ±10 %; one that has no end stays so.</summary>
    public static TimeSpan Jitter(TimeSpan period, Random random) => period == TimeSpan.MaxValue ? period : period * (0.9 + 0.2 * random.NextDouble());

    /// <summary>So much later, at the latest at the end of time.</summary>
    public static TimeSpan After(TimeSpan now, TimeSpan wait) => wait < TimeSpan.MaxValue - now ? now + wait : TimeSpan.MaxValue;
}
