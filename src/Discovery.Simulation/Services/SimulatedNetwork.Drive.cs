using System.Diagnostics;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Services;

namespace Discovery.Simulation;

/// <content>What moves time.</content>
public sealed partial class SimulatedNetwork
{
    /// <summary>How far time goes at most before the thread pool is looked at again, where something may have arrived from the real world.</summary>
    private static readonly TimeSpan s_stride = TimeSpan.FromSeconds(1);

    /// <summary>How long one network is driven before it is another one's turn.</summary>
    private static readonly TimeSpan s_turnLength = TimeSpan.FromMilliseconds(2);

    /// <summary>All networks of the process have one thread pool, so that no two move at a time; and who waits for it to rest keeps a processor, which those that are to come to rest need.</summary>
    private static readonly Lock s_turn = new();

    private readonly WorkFlow _flow = new();
    private readonly List<Hold> _holds = [];
    private int _runs;
    private bool _isDriven, _reached;

    private void Move()
    {
        lock (_gate)
        {
            if (_isDriven)
                return;
            _isDriven = true;
        }
        // Unsafe: what runs here is nobody's work, also where a run is begun within another.
        new Thread(Drive) { IsBackground = true, Name = nameof(SimulatedNetwork) }.UnsafeStart();
    }

    /// <summary>Moves time for as long as anything runs. On a thread of its own: on one of the pool it would keep the pool busy.</summary>
    private void Drive()
    {
        long began = Stopwatch.GetTimestamp();
        bool hasWork = true;
        try
        {
            while (true)
            {
                lock (s_turn)
                {
                    for (long turn = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(turn) < s_turnLength;)
                    {
                        ThreadPoolRest.Wait(Patience, hasWork, _flow);
                        lock (_gate)
                        {
                            if (_isDisposed || _runs == 0)
                            {
                                _isDriven = false;
                                return;
                            }
                            if (_holds.Count > 0)
                                break;
                            hasWork = Step();
                        }
                    }
                }
                WaitWhileHeld(began);
            }
        }
        catch (Exception exception)
        {
            // On this thread it would end the process: a latency model or a receiver of the application's may throw whatever it likes.
            End(exception);
        }
    }

    private void WaitWhileHeld(long began)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_holds.Count == 0 || _isDisposed || _runs == 0)
                    return;
                foreach (Hold hold in _holds)
                    hold.ThrowIfOver(began);
            }
            Thread.Sleep(1);
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

    /// <param name="network">Whose time stands.</param>
    /// <param name="limit">How much real time a run waits for it.</param>
    private sealed class Hold(SimulatedNetwork network, TimeSpan limit) : IDisposable
    {
        private readonly long _began = Stopwatch.GetTimestamp();

        /// <param name="waiting">Since when a run waits.</param>
        public void ThrowIfOver(long waiting)
        {
            if (limit != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(Math.Max(_began, waiting)) > limit && !Debugger.IsAttached)
                throw new TimeoutException($"Virtual time was held for more than {limit.TotalSeconds:0.###} s of real time: what {nameof(HoldTime)} returned was not disposed of, or the work with the real world takes longer and needs a higher limit.");
        }

        public void Dispose()
        {
            lock (network._gate)
                network._holds.Remove(this);
        }
    }
}
