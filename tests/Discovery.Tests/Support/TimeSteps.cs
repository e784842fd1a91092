using Discovery.Simulation;
using Discovery.Simulation.Services;

namespace Discovery.Tests.Support;

/// <summary>Lets virtual time pass in small steps until something has happened. Between two steps the thread pool comes to rest, for that is where continuations run.</summary>
internal static class TimeSteps
{
    /// <summary>How long the pool may stay busy before time goes on all the same: longer than any work takes on a loaded machine.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Steps on until <paramref name="isDone"/>; fails the test after <paramref name="limit"/> of virtual time.</summary>
    public static Task AdvanceUntilAsync(this VirtualTimeProvider time, Func<bool> isDone, TimeSpan? step = null, TimeSpan? limit = null) => RunAsync(() =>
    {
        TimeSpan pace = step ?? TimeSpan.FromMilliseconds(5), end = time.Elapsed + (limit ?? TimeSpan.FromMinutes(2));
        for (bool hasWork = true; ;)
        {
            ThreadPoolRest.Wait(s_patience, hasWork);
            if (isDone())
                return;
            Assert.That(time.Elapsed, Is.LessThan(end), "it never happened");
            hasWork = time.NextDue <= time.Elapsed + pace;
            time.Advance(pace);
        }
    });

    /// <summary>Steps on until the task has ended, and gives its result.</summary>
    public static async Task<T> AdvanceUntilAsync<T>(this VirtualTimeProvider time, ValueTask<T> task, TimeSpan? step = null, TimeSpan? limit = null)
    {
        Task<T> running = task.AsTask();
        await time.AdvanceUntilAsync(() => running.IsCompleted, step, limit);
        return await running;
    }

    /// <summary>On a thread of its own: one of the pool would keep it from what is waited for.</summary>
    private static Task RunAsync(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously, TaskScheduler.Default);
}
