namespace Discovery.Service;

/// <summary>Ends the waits of those who wait for a time, before that time. Thread-safe.</summary>
internal sealed class Wakeup(TimeProvider time)
{
    /// <summary>The longest wait a timer knows.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What ends with the next call of <see cref="Set"/>. Taken before looking at what there is to do, so that nothing is missed.</summary>
    public Task Next => Volatile.Read(ref _signal).Task;

    public void Set() => Interlocked.Exchange(ref _signal, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Waits so long, at most a day, or until woken.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WaitAsync(Task next, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait <= TimeSpan.Zero)
            return;
        // Up to the next millisecond: timers cut the rest off, and would fire in vain until it has passed.
        await next.WaitAsync(wait < LongestWait ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : LongestWait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
