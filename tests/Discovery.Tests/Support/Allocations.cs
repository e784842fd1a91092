namespace Discovery.Tests.Support;

/// <summary>What a piece of code allocates on its own thread.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>How often <see cref="Of"/> runs the code, once before it measures.</summary>
    public const int Runs = Rounds + 1;

    /// <summary>The least of some rounds: the runtime itself allocates on a thread now and then, as when it compiles a method again, but not every time.</summary>
    public static long Of(Action action)
    {
        action();
        long least = long.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
