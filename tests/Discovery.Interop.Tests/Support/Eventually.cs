namespace Discovery.Interop.Tests.Support;

/// <summary>Waits for what another program does in its own time.</summary>
internal static class Eventually
{
    // transmission asks each dead node three times, 15 s apart, before it announces itself to the others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Tries until it is so; fails the test when it never is.</summary>
    public static Task IsAsync(string what, Func<Task<bool>> attempt) => GetAsync(what, async () => await attempt() ? "" : null);

    /// <summary>Tries until there is something; fails the test when there never is.</summary>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> attempt) where T : class
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await attempt() is { } result)
                return result;
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
                Assert.Fail($"Waited in vain: {what}.");
            await Task.Delay(Pause);
        }
    }
}
