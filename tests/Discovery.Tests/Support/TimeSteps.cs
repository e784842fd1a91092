namespace Discovery.Tests.Support;

/// <summary>Lets manual time pass in small steps until something has happened. Between two steps the thread pool comes to rest, for that is where continuations run.</summary>
internal static class TimeSteps
{
    /// <summary>How often the pool is looked at before time goes on all the same: somebody else may keep it busy for long.</summary>
    private const int MaxLooks = 20_000;

    private static int s_hosts;

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
    public static void Calibrate()
    {
        int fewest = int.MaxValue;
        for (int looks = 0; looks < 10 * MaxLooks; looks++)
        {
            fewest = Math.Min(fewest, CountOthers());
            Thread.Yield();
        }
        s_hosts = fewest;
    }

    /// <summary>Waits until no work item waits and nobody but the test host is at work.</summary>
    private static void Settle()
    {
        for (int looks = 0, quiet = 0; looks < MaxLooks && quiet < 3; looks++)
        {
            quiet = ThreadPool.PendingWorkItemCount == 0 && CountOthers() <= s_hosts ? quiet + 1 : 0;
            if (quiet == 0)
                Thread.Yield();
        }
    }

    private static int CountOthers()
    {
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        return most - available - (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
    }
}
