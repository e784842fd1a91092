namespace Discovery.Limits;

/// <summary>A rate limit: tokens drip in at a steady rate up to a burst; what happens takes them out. Starts full.</summary>
internal struct TokenBucket(double ratePerSecond, double burst)
{
    private TokenLevel _level = new(burst, default);

    /// <summary>Takes tokens when there are enough.</summary>
    public bool TryTake(double tokens, TimeSpan now)
    {
        if (_level.Refill(ratePerSecond, burst, now) < tokens)
            return false;
        _level.Take(tokens);
        return true;
    }

    /// <summary>How long until that many tokens are there: zero when they are, and <see cref="TimeSpan.MaxValue"/> when they never will be.</summary>
    public TimeSpan DelayUntil(double tokens, TimeSpan now)
    {
        double missing = tokens - _level.Refill(ratePerSecond, burst, now);
        return missing <= 0 ? TimeSpan.Zero
            : ratePerSecond <= 0 || tokens > burst ? TimeSpan.MaxValue
            : TimeSpan.FromTicks((long)Math.Ceiling(missing / ratePerSecond * TimeSpan.TicksPerSecond));
    }
}

/// <summary>The part of a token bucket that differs from address to address: 16 bytes.</summary>
internal struct TokenLevel(double tokens, TimeSpan now)
{
    private double _tokens = tokens;
    private long _ticks = now.Ticks;

    /// <summary>Adds what has dripped in since the last time.</summary>
    public double Refill(double ratePerSecond, double burst, TimeSpan now)
    {
        long elapsed = now.Ticks - _ticks;
        if (elapsed > 0)
        {
            _tokens = Math.Min(burst, _tokens + elapsed * (ratePerSecond / TimeSpan.TicksPerSecond));
            _ticks = now.Ticks;
        }
        return _tokens;
    }

    /// <summary>Takes tokens out, below zero if need be.</summary>
    public void Take(double tokens) => _tokens -= tokens;

    /// <summary>Whether the bucket is full again, so that forgetting it changes nothing.</summary>
    public readonly bool IsFull(double ratePerSecond, double burst, TimeSpan now) =>
        _tokens + (now.Ticks - _ticks) * (ratePerSecond / TimeSpan.TicksPerSecond) >= burst;

    /// <summary>Whether <paramref name="now"/> lies before the moment at which the level was last set: a level set in the future does not refill until then.</summary>
    public readonly bool IsAfter(TimeSpan now) => _ticks > now.Ticks;
}
