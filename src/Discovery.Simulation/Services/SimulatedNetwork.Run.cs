using System.Diagnostics;
using System.Runtime.CompilerServices;
using Discovery.Simulation.Services;

namespace Discovery.Simulation;

/// <content>What runs in virtual time.</content>
public sealed partial class SimulatedNetwork
{
    /// <summary>A little less than the system's timers wait at most.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(49);

    private static readonly TimeSpan s_defaultLimit = TimeSpan.FromHours(1), s_defaultHold = TimeSpan.FromMinutes(1);

    /// <summary>How long work of the application may keep a thread of the pool before time goes on all the same: that which waits for virtual time and blocks its thread would wait for ever otherwise.</summary>
    /// <value>Default 1 s of real time, in which the process runs: a halt at a breakpoint does not count. Less is for applications that block often, more for those that compute for long.</value>
    /// <remarks>A thread that has blocked for longer no longer holds time up, nor when it wakes and computes: work that blocks is late by as much virtual time as passes meanwhile, and
    /// <see cref="AdvanceAsync"/> that is waited for by blocking may pass its end. Await, and nothing of this happens.</remarks>
    public TimeSpan Patience
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(Patience));
            field = value;
        }
    } = TimeSpan.FromSeconds(1);

    /// <summary>Runs the application's work on the thread pool while virtual time passes, as fast as it can. Within a run, and beside another one, it is part of that.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="limit">The virtual time that it may take, 0 to 49 days; null for an hour, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is none of these.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of, before or meanwhile.</exception>
    /// <exception cref="TimeoutException">The work was not done by then; the message says what it may have waited for. It is left to itself. Or <see cref="HoldTime"/> has stopped time for too long.</exception>
    /// <remarks>What the work throws comes out, and what a latency model or a receiver of <see cref="CreateTransport"/> throws; after the latter the network cannot be used.</remarks>
    // Where a lambda could be both, as async ones can, it makes a Task: nobody is to be asked to say which.
    [OverloadResolutionPriority(1)]
    public Task RunAsync(Func<Task> work, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return BeginAsync(async () =>
        {
            await Started(work()).ConfigureAwait(false);
            return true;
        }, limit);
    }

    /// <inheritdoc cref="RunAsync(Func{Task}, TimeSpan?)"/>
    /// <returns>What the work returns.</returns>
    [OverloadResolutionPriority(1)]
    public Task<T> RunAsync<T>(Func<Task<T>> work, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return BeginAsync(() => Started(work()), limit);
    }

    /// <inheritdoc cref="RunAsync(Func{Task}, TimeSpan?)"/>
    public Task RunAsync(Func<ValueTask> work, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return RunAsync(() => work().AsTask(), limit);
    }

    /// <inheritdoc cref="RunAsync{T}(Func{Task{T}}, TimeSpan?)"/>
    public Task<T> RunAsync<T>(Func<ValueTask<T>> work, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        return BeginAsync(() => work().AsTask(), limit);
    }

    /// <summary>Lets virtual time pass: outside a run at once, within one it waits for so long.</summary>
    /// <param name="by">For how long: 0 to 49 days, to the tick if it is awaited.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or longer.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of, before or meanwhile.</exception>
    public Task AdvanceAsync(TimeSpan by)
    {
        ThrowUnlessWait(by);
        return RunAsync(async () =>
        {
            using ITimer alarm = SetAlarm(by, out Task rings);
            await rings.ConfigureAwait(false);
        }, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops virtual time until what it returns is disposed of: for work with the real world, such as a file or a socket, that is to take no time.</summary>
    /// <param name="limit">For how much real time a run waits for that at most, 0 to 49 days: it fails with <see cref="TimeoutException"/> then, and the network cannot be used any more. Null for a minute, <see cref="Timeout.InfiniteTimeSpan"/> for no limit; none either under a debugger.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is none of these.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    public IDisposable HoldTime(TimeSpan? limit = null)
    {
        ThrowUnlessLimit(limit);
        Hold hold = new(this, limit ?? s_defaultHold);
        Locked(() => _holds.Add(hold));
        return hold;
    }

    private Task<T> BeginAsync<T>(Func<Task<T>> work, TimeSpan? limit)
    {
        ThrowUnlessLimit(limit);
        return AwaitAsync(work, limit ?? s_defaultLimit, isFirst: Locked(() => _runs++ == 0));
    }

    private async Task<T> AwaitAsync<T>(Func<Task<T>> work, TimeSpan limit, bool isFirst)
    {
        try
        {
            if (isFirst)
                ThreadPoolRest.Calibrate();
            long began = Stopwatch.GetTimestamp();
            // What the work begins is part of the flow, and what comes after the work here; the caller is not.
            _flow.Enter();
            Task<T> task = Task.Run(work);
            // A tick more: what is done just then is in time.
            using ITimer alarm = SetAlarm(limit == Timeout.InfiniteTimeSpan ? limit : limit + TimeSpan.FromTicks(1), out Task isOver);
            // Only now, or time would pass before the work has begun.
            Move();
            Task first = await Task.WhenAny(task, _ended.Task, isOver).ConfigureAwait(false);
            if (first == isOver && !task.IsCompleted)
                throw new TimeoutException(Explain(limit, Stopwatch.GetElapsedTime(began), ThreadPoolRest.Kept));
            await first.ConfigureAwait(false);
            return await task.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _runs--;
        }
    }

    private static string Explain(TimeSpan limit, TimeSpan real, int kept)
    {
        string message = $"The work was not done within {limit} of virtual time, which passed in {real.TotalSeconds:0.0##} s. If it takes longer, give it a higher limit. If it waits for a delay or a timer, "
            + $"those must have the time of {nameof(SimulatedNetwork)}.{nameof(Time)}; if it waits for the real world, such as a file or a socket, or for another network, virtual time flies meanwhile unless {nameof(HoldTime)} stops it.";
        return kept == 0 ? message : $"{message} Threads of the pool that are kept, by calls that block such as Task.Result and Task.Wait or by the test host: {kept}.";
    }

    /// <summary>Waits to the tick, where <see cref="Task.Delay(TimeSpan, TimeProvider)"/> counts milliseconds.</summary>
    private ITimer SetAlarm(TimeSpan time, out Task rings)
    {
        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        rings = source.Task;
        return Time.CreateTimer(static source => ((TaskCompletionSource)source!).SetResult(), source, time, Timeout.InfiniteTimeSpan);
    }

    private static T Started<T>(T? task) where T : Task => task ?? throw new InvalidOperationException("The work returned null instead of a task.");

    private static void ThrowUnlessLimit(TimeSpan? limit)
    {
        if (limit is { } given && given != Timeout.InfiniteTimeSpan)
            ThrowUnlessWait(given, nameof(limit));
    }

    private static void ThrowUnlessWait(TimeSpan time, [CallerArgumentExpression(nameof(time))] string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, s_longestWait, name);
    }
}
