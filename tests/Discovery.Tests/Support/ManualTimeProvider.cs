namespace Discovery.Tests.Support;

/// <summary>
/// Time that passes only in <see cref="Advance"/>, from 2026-01-01 on. Timers fire there, on the calling thread, one after another in the order in which they are due
/// (those due together in the order in which they were set), and find the clock at the moment they were due. A timer set to zero fires in the next call.
/// </summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _advancing = new();
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(ManualTimer Timer, int Version), (long Due, long Order)> _timers = new();
    private long _now;
    private long _order;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The time passed since the beginning.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(GetTimestamp());

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => s_start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ManualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass; returns when the callbacks of all timers due until then have returned.</summary>
    /// <exception cref="InvalidOperationException">Called from within a timer's callback.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        if (_advancing.IsHeldByCurrentThread)
            throw new InvalidOperationException("A timer's callback cannot advance the time that it was called in.");
        lock (_advancing)
        {
            long end = GetTimestamp() + by.Ticks;
            while (TakeDue(end) is { } timer)
                timer.Fire();
            Interlocked.Exchange(ref _now, end);
        }
    }

    private ManualTimer? TakeDue(long end)
    {
        lock (_lock)
        {
            while (_timers.TryPeek(out (ManualTimer Timer, int Version) next, out (long Due, long Order) when) && when.Due <= end)
            {
                _timers.Dequeue();
                if (next.Version != next.Timer.Version)
                    continue;
                Interlocked.Exchange(ref _now, Math.Max(_now, when.Due));
                if (next.Timer.Period > 0)
                    _timers.Enqueue(next, (when.Due + next.Timer.Period, _order++));
                return next.Timer;
            }
            return null;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        /// <summary>Counts the changes; what was queued before the last one is void.</summary>
        public int Version { get; private set; }

        public long Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                if (_disposed)
                    return false;
                Version++;
                Period = period.Ticks;
                if (dueTime >= TimeSpan.Zero)
                    owner._timers.Enqueue((this, Version), (owner._now + dueTime.Ticks, owner._order++));
                return true;
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (owner._lock)
            {
                _disposed = true;
                Version++;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
