using System.Diagnostics;
using System.Reflection;

namespace Discovery.Benchmarks;

/// <summary>What a service costs that knows many peers and that nobody asks anything: memory, processor time and traffic of a process that keeps track of them (<see cref="Members"/>).</summary>
internal static class Tracking
{
    private const double GoalPercent = 1, GoalMiB = 100;

    public static async Task<int> RunAsync(string[] args)
    {
        Options options = new(args);
        int peers = options.Get("peers", 10_000), seconds = options.Get("seconds", 60);
        string store = Path.Combine(Path.GetTempPath(), $"discovery-{Guid.NewGuid():N}.peers"), program = Assembly.GetExecutingAssembly().Location;
        try
        {
            using Child members = Child.Start("dotnet", program, "members", "--count", $"{peers}", "--store", store);
            await members.ReadLineAsync();
            using Child service = Child.Start("dotnet", program, "track", "--peers", $"{peers}", "--store", store);
            Console.WriteLine($"proven: {await service.ReadLineAsync()}");
            // The burst of the start passes, and until each method has been called often the runtime compiles in the background.
            await Task.Delay(TimeSpan.FromSeconds(options.Get("warm-up", 90)));
            TimeSpan before = service.ProcessorTime;
            Stopwatch watch = Stopwatch.StartNew();
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            double percent = (service.ProcessorTime - before) / watch.Elapsed * 100;
            string[] end = (await service.AskAsync()).Split(' ');
            double owned = double.Parse(end[1], null) / (1 << 20), managed = double.Parse(end[2], null) / (1 << 20);
            Console.WriteLine($"{end[0]} peers tracked: {percent:F2} % of a core over {seconds} s (goal {GoalPercent} %), {owned:F0} MiB of memory of its own (goal {GoalMiB}), {managed:F1} MiB of it live objects, {end[3]} datagrams sent and {end[4]} received per minute");
            return percent <= GoalPercent && owned <= GoalMiB ? 0 : 1;
        }
        finally
        {
            foreach (string file in (ReadOnlySpan<string>)[store, store + ".previous"])
                File.Delete(file);
        }
    }

    /// <summary>What the process holds in memory without the files it has mapped, which is the runtime's code.</summary>
    private static long Owned() => 1024 * long.Parse(File.ReadLines("/proc/self/status").First(static line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)[1], null);

    /// <summary>The service that is measured.</summary>
    public static async Task<int> TrackAsync(string[] args)
    {
        Options options = new(args);
        int peers = options.Get("peers", 10_000);
        DiscoveryOptions service = new() { PeerStore = new FilePeerStore(options.Get("store", "members.peers")), Limits = new() { MaxPeers = peers } };
        await using IDiscoveryService discovery = new DiscoveryServiceBuilder(Members.Network, service).AddGlobalLayer().Build();
        long start = Stopwatch.GetTimestamp();
        await discovery.InitializeAsync();
        while (discovery.Peers.Count < peers && Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(3))
            await Task.Delay(200);
        Console.WriteLine($"{discovery.Peers.Count} in {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
        while (await Console.In.ReadLineAsync() is not null)
        {
            DiscoveryHealth health = discovery.GetHealth();
            Console.WriteLine($"{health.AlivePeers} {Owned()} {GC.GetTotalMemory(forceFullCollection: true)} {health.SentPerMinute} {health.ReceivedPerMinute}");
        }
        return 0;
    }
}
