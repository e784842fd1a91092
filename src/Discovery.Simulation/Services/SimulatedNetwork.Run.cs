using Discovery.Simulation.Dht;
using Discovery.Simulation.Services;

namespace Discovery.Simulation;

/// <content>How time passes.</content>
public sealed partial class SimulatedNetwork
{
    /// <summary>How far time goes at most before the thread pool is looked at again, where something may have arrived from the real world.</summary>
    private static readonly TimeSpan s_stride = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_defaultLimit = TimeSpan.FromHours(1);

    private int _runs, _holds;
    private bool _isDriven, _reached;

    /// <summary>How long work of the application may keep a thread of the pool before time goes on all the same: that which waits for virtual time and blocks its thread would wait for ever otherwise.</summary>
    /// <value>Default 1 s of real time. Less is for applications that block often, more for those that compute for long.</value>
    public TimeSpan Patience
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(1);

    /// <summary>Runs the application's work on the thread pool while virtual time passes, as fast as it can. Within a run, and beside another one, it is part of that.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="limit">The virtual time that it may take, at most 49 days; null for an hour, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <exception cref="TimeoutException">The work was not done by then. It is left to itself.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed of.</exception>
    /// <remarks>What the work throws comes out, and what a latency model or a receiver of <see cref="CreateTransport"/> throws; after the latter the network cannot be used.</remarks>
    public async Task RunAsync(Func<Task> work, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        await RunAsync(async () =>
        {
            await work().ConfigureAwait(false);
            return true;
        }, limit).ConfigureAwait(false);
    }

    /// <inheritdoc cref="RunAsync(Func{Task}, TimeSpan?)"/>
    /// <returns>What the work returns.</returns>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        TimeSpan most = limit ?? s_defaultLimit;
        bool isFirst;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            isFirst = _runs++ == 0;
        }
        try
        {
            if (isFirst)
                ThreadPoolRest.Calibrate();
            Task<T> task = Task.Run(work);
            Task<Task> ended = Task.WhenAny(task, _ended.Task).WaitAsync(most, Time);
            // Only now, or time would pass before the work has begun.
            Move();
            try
            {
                await (await ended.ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!task.IsCompleted)
            {
                throw new TimeoutException($"The work was not done within {most} of virtual time.");
            }
            return await task.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _runs--;
        }
    }

    /// <summary>Lets virtual time pass: outside a run at once, within one it waits for so long.</summary>
    /// <param name="by">For how long: 0 to 49 days.</param>
    public Task AdvanceAsync(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        return RunAsync(() => Task.Delay(by, Time), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops virtual time until what it returns is disposed of: for work with the real world, such as a file or a socket, that is to take no time.</summary>
    public IDisposable HoldTime()
    {
        lock (_gate)
            _holds++;
        return new Hold(this);
    }

    private void Move()
    {
        lock (_gate)
        {
            if (_isDriven)
                return;
            _isDriven = true;
        }
        new Thread(Drive) { IsBackground = true, Name = nameof(SimulatedNetwork) }.Start();
    }

    /// <summary>Moves time for as long as anything runs. On a thread of its own: on one of the pool it would keep the pool busy.</summary>
    private void Drive()
    {
        try
        {
            for (bool hasWork = true; ;)
            {
                ThreadPoolRest.Wait(Patience, hasWork);
                lock (_gate)
                {
                    if (_isDisposed || _runs == 0)
                    {
                        _isDriven = false;
                        return;
                    }
                    if (_holds == 0)
                    {
                        hasWork = Step();
                        continue;
                    }
                }
                Thread.Sleep(1);
            }
        }
        catch (Exception exception)
        {
            // On this thread it would end the process: a latency model or a receiver of the application's may throw whatever it likes.
            End(exception);
        }
    }

    /// <summary>Lets happen what is next, up to the first thing that the application has to do with.</summary>
    /// <returns>Whether there was such a thing.</returns>
    private bool Step()
    {
        foreach (SimulatedTransport transport in _transports)
            if (transport.HasMail)
                _world.Internet.Flush(transport);
        // A timer may have been set for a time that is over, by work that was not waited for.
        TimeSpan now = Time.Elapsed, due = Time.NextDue, end = due <= now ? now : due < now + s_stride ? due : now + s_stride;
        _reached = false;
        if (_world.Internet.RunUntil(() => _reached, DhtWorld.Epoch + end))
            return true;
        Time.MoveTo(end);
        // One at a time, so that the next finds what this one has caused. On the pool, where timers fire in reality: a callback may block.
        if (Time.TakeDue(end) is not { } timer)
            return false;
        ThreadPool.UnsafeQueueUserWorkItem(timer, preferLocal: false);
        return true;
    }

    private sealed class Hold(SimulatedNetwork network) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
                return;
            lock (network._gate)
                network._holds--;
        }
    }
}
