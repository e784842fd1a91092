namespace Discovery.Benchmarks;

/// <summary>The lab's fake nodes, which fill a table and answer.</summary>
internal static class Swarm
{
    public const int Size = 400;

    /// <summary>One of them, to join through.</summary>
    public const string Bootstrap = "127.10.0.1:20000";

    public static async Task<Child> StartAsync(Options options)
    {
        Child swarm = Child.Start(Python(options), Path.Combine(Lab(options), "swarm.py"), $"{Size}");
        await swarm.ReadLineAsync();
        return swarm;
    }

    /// <summary>The folder of the lab: <c>--lab</c>.</summary>
    public static string Lab(Options options) => Path.GetFullPath(options.Get("lab", "../shared/lab"));

    /// <summary>The interpreter that has libtorrent: <c>--python</c>.</summary>
    public static string Python(Options options) => options.Get("python", "/usr/bin/python3");
}
