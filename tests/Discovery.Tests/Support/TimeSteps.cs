namespace Discovery.Tests.Support;

/// <summary>Lets manual time pass in small steps until something has happened. Between two steps the thread pool gets its turn, for that is where continuations run.</summary>
internal static class TimeSteps
{
    private const int MaxYields = 50;

    /// <summary>Steps on until <paramref name="isDone"/>; fails the test after <paramref name="limit"/> of virtual time.</summary>
    public static async Task AdvanceUntilAsync(this ManualTimeProvider time, Func<bool> isDone, TimeSpan? step = null, TimeSpan? limit = null)
    {
        TimeSpan end = time.Elapsed + (limit ?? TimeSpan.FromMinutes(2));
        while (!await SettleAsync(isDone))
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

    private static async Task<bool> SettleAsync(Func<bool> isDone)
    {
        for (int i = 0; i < MaxYields; i++)
        {
            if (isDone())
                return true;
            // A work item queued behind those that are waiting now.
            await Task.Yield();
        }
        return isDone();
    }
}
