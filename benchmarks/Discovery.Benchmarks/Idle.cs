using System.Diagnostics;
using System.Reflection;

namespace Discovery.Benchmarks;

/// <summary>What a node costs that nobody asks anything: the processor time of a process that holds one, with a full table.</summary>
internal static class Idle
{
    private const double GoalPercent = 1;

    public static async Task<int> RunAsync(string[] args)
    {
        Options options = new(args);
        int seconds = options.Get("seconds", 60);
        using Child swarm = await Swarm.StartAsync(options);
        using Child node = Child.Start("dotnet", Assembly.GetExecutingAssembly().Location, "serve", "--listen", "127.0.0.1:0", "--bootstrap", Swarm.Bootstrap);
        string table = await node.ReadLineAsync();
        // The runtime compiles what was hot in the background for a while.
        await Task.Delay(TimeSpan.FromSeconds(5));
        TimeSpan before = node.ProcessorTime;
        Stopwatch watch = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        double percent = (node.ProcessorTime - before) / watch.Elapsed * 100;
        Console.WriteLine($"one idle node with {table.Split(' ')[0]} nodes in its table: {percent:F3} % of a core over {seconds} s (goal {GoalPercent} %)");
        return percent <= GoalPercent ? 0 : 1;
    }
}
