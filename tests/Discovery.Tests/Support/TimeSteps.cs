using System.Diagnostics;

namespace Discovery.Tests.Support;

/// <summary>Lets manual time pass in small steps until something has happened. Between two steps the thread pool comes to rest, for that is where continuations run.</summary>
internal static class TimeSteps
{
    /// <summary>How long the pool may stay busy before time goes on all the same. Whoever keeps a thread for longer is taken for one that never gives it back.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);

    /// <summary>How many of the pool's threads are kept by somebody, as the test host does.</summary>
    private static int s_kept;

    /// <summary>Steps on until <paramref name="isDone"/>; fails the test after <paramref name="limit"/> of virtual time.</summary>
    public static async Task AdvanceUntilAsync(this ManualTimeProvider time, Func<bool> isDone, TimeSpan? step = null, TimeSpan? limit = null)
    {
        // Off the test's own thread, so that the pool's own count tells whether anybody else is at work.
        await Task.Yield();
        TimeSpan end = time.Elapsed + (limit ?? TimeSpan.FromMinutes(2));
        for (Settle(); !isDone(); Settle())
        {
            Assert.That(time.Elapsed, Is.LessThan(end), "it never happened");
            time.Advance(step ?? TimeSpan.FromMilliseconds(5));
        }
    }

    /// <summary>Steps on until the task has ended, and gives its result.</summary>
    public static async Task<T> AdvanceUntilAsync<T>(this ManualTimeProvider time, ValueTask<T> task, TimeSpan? step = null, TimeSpan? limit = null)
    {
        Task<T> running = task.AsTask();
        await time.AdvanceUntilAsync(() => running.IsCompleted, step, limit);
        return await running;
    }

    /// <summary>Notes how many of the pool's threads the test host keeps for itself. Called before any test runs.</summary>
    public static void Calibrate() => s_kept = Settle(-1);

    /// <summary>Waits until no work item waits and nobody is at work but those who keep a thread.</summary>
    private static void Settle()
    {
        int fewest = Settle(Volatile.Read(ref s_kept));
        Volatile.Write(ref s_kept, fewest);
    }

    /// <returns>The fewest threads seen at work when it gave up; else <paramref name="kept"/>, or fewer.</returns>
    private static int Settle(int kept)
    {
        int fewest = int.MaxValue;
        long since = Stopwatch.GetTimestamp();
        for (int quiet = 0; quiet < 3;)
        {
            int others = CountOthers();
            fewest = Math.Min(fewest, others);
            quiet = ThreadPool.PendingWorkItemCount == 0 && others <= kept ? quiet + 1 : 0;
            if (quiet > 0)
                continue;
            if (Stopwatch.GetElapsedTime(since) > s_patience)
                return fewest;
            Thread.Yield();
        }
        return Math.Min(kept, fewest);
    }

    private static int CountOthers()
    {
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        return most - available - (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
    }
}
