using System.Runtime.CompilerServices;

namespace Discovery.Simulation;

/// <summary>
/// Time that passes only when it is told to. Timers fire one after another in the order in which they are due (those due together in the order in which they were set), and find the clock at the
/// moment they were due. A timer set to zero fires in the next call.
/// </summary>
/// <remarks>Thread-safe. The time zone is UTC, and a timestamp counts ticks of 100 ns.</remarks>
public sealed class VirtualTimeProvider : TimeProvider
{
    /// <summary>As long as the system's timers wait.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DateTimeOffset _start;
    private readonly Lock _advancing = new();
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> _timers = new();
    private readonly string? _owner;
    private long _now;
    private long _order;

    /// <summary>Time that stands at its beginning.</summary>
    /// <param name="start">What the clock shows then; null for 2026-01-01 00:00 UTC.</param>
    public VirtualTimeProvider(DateTimeOffset? start = null) => _start = (start ?? s_start).ToUniversalTime();

    /// <summary>Time that only its owner moves.</summary>
    internal VirtualTimeProvider(string owner) : this() => _owner = owner;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The time passed since the beginning.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(GetTimestamp());

    /// <summary>When the next timer is due, counted from the beginning; <see cref="TimeSpan.MaxValue"/> when none is set.</summary>
    internal TimeSpan NextDue
    {
        get
        {
            lock (_lock)
                return TryPeek(out long due) ? TimeSpan.FromTicks(due) : TimeSpan.MaxValue;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative, but for <see cref="Timeout.InfiniteTimeSpan"/>, or longer than the 49.7 days for which the system's timers wait.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass; returns when the callbacks of all timers due until then have returned. They are called on this thread, one after another.</summary>
    /// <param name="by">For how long: not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a timer's callback, or the time is that of a <see cref="SimulatedNetwork"/>, which moves it itself.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        if (_owner is not null)
            throw new InvalidOperationException($"This time is moved by its {_owner}.");
        if (_advancing.IsHeldByCurrentThread)
            throw new InvalidOperationException("A timer's callback cannot advance the time that it was called in.");
        lock (_advancing)
        {
            TimeSpan end = Elapsed + by;
            while (TakeDue(end) is { } timer)
                timer.Execute();
            MoveTo(end);
        }
    }

    /// <summary>Sets the clock to a time that is not earlier, without calling anybody.</summary>
    internal void MoveTo(TimeSpan elapsed) => Interlocked.Exchange(ref _now, elapsed.Ticks);

    /// <summary>Takes the next timer that is due at a time, and sets the clock to when it is due; whoever takes it executes it.</summary>
    internal IThreadPoolWorkItem? TakeDue(TimeSpan end)
    {
        lock (_lock)
        {
            if (!TryPeek(out long due) || due > end.Ticks)
                return null;
            (VirtualTimer Timer, int Version) next = _timers.Dequeue();
            Interlocked.Exchange(ref _now, Math.Max(_now, due));
            if (next.Timer.Period > 0)
                _timers.Enqueue(next, (due + next.Timer.Period, _order++));
            return next.Timer;
        }
    }

    /// <summary>Looks for the next timer, and forgets those that were changed or disposed of. Under the lock.</summary>
    private bool TryPeek(out long due)
    {
        while (_timers.TryPeek(out (VirtualTimer Timer, int Version) next, out (long Due, long Order) when))
        {
            due = when.Due;
            if (next.Version == next.Timer.Version)
                return true;
            _timers.Dequeue();
        }
        due = 0;
        return false;
    }

    private static void ThrowUnlessWait(TimeSpan time, [CallerArgumentExpression(nameof(time))] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, Timeout.InfiniteTimeSpan, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, s_longest, name);
    }

    private sealed class VirtualTimer(VirtualTimeProvider owner, TimerCallback callback, object? state) : ITimer, IThreadPoolWorkItem
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private bool _disposed;

        /// <summary>Counts the changes; what was queued before the last one is void.</summary>
        public int Version { get; private set; }

        public long Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ThrowUnlessWait(dueTime);
            ThrowUnlessWait(period);
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

        public void Execute()
        {
            if (_context is null)
                callback(state);
            else
                ExecutionContext.Run(_context, static timer => ((VirtualTimer)timer!).Call(), this);
        }

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

        private void Call() => callback(state);
    }
}
