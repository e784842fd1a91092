namespace Discovery.Simulation.Services;

/// <summary>Knows the threads that are at the work of one network: that which was begun within it, and all that this has begun in turn.</summary>
/// <remarks>The thread pool's own count tells such a thread from one that the test host keeps only as long as the host keeps as many as before; this tells them apart by what they do.</remarks>
internal sealed class WorkFlow
{
    private static readonly AsyncLocal<WorkFlow?> s_current = new(Change);

    private int _threads;

    /// <summary>How many threads are at it, also those that are blocked.</summary>
    public int Threads => Volatile.Read(ref _threads);

    /// <summary>How many of them are taken for blocked. Of the thread that moves time.</summary>
    public int Blocked { get; set; }

    /// <summary>Makes what runs now, and all that it begins from now on, a part of it.</summary>
    public void Enter() => s_current.Value = this;

    /// <remarks>Called on the thread itself whenever it begins something, ends it, or goes over to something else.</remarks>
    private static void Change(AsyncLocalValueChangedArgs<WorkFlow?> change)
    {
        if (change.PreviousValue is { } former)
            Interlocked.Decrement(ref former._threads);
        if (change.CurrentValue is { } current)
            Interlocked.Increment(ref current._threads);
    }
}
