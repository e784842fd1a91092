using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Discovery.Benchmarks;

/// <summary>Floods our node, a libtorrent node and a bare echo in turn, from the same generator in the same run.</summary>
/// <remarks>Many short floods rather than few long ones: what else the machine does then falls on all three alike.</remarks>
internal static class ServeCompare
{
    private const int WarmUpSeconds = 2;
    private const double Goal = 2.5, Stretch = 0.75;
    private static readonly string[] s_methods = ["find_node", "get_peers"];

    private sealed record Server(string Name, Child Process, IPAddress Address, int Port)
    {
        public Dictionary<string, List<Sample>> Samples { get; } = s_methods.ToDictionary(static m => m, static _ => new List<Sample>());
    }

    /// <summary>Queries per second, and per second of the server's processor time: the second hardly notices what else the machine does.</summary>
    private readonly record struct Sample(double Rate, double PerProcessorSecond, long Answered);

    public static async Task<int> RunAsync(string[] args)
    {
        Options options = new(args);
        string lab = Swarm.Lab(options), scripts = options.Get("scripts", "benchmarks");
        int rounds = options.Get("rounds", 25), window = options.Get("window", 128);
        double seconds = options.Get("seconds", 0.5);
        DirectoryInfo work = Directory.CreateTempSubdirectory();
        try
        {
            string load = await CompileAsync(lab, "krpcload", work), echo = await CompileAsync(lab, "udpecho", work);
            using Child swarm = await Swarm.StartAsync(options);
            IPAddress ourIP = IPAddress.Loopback, theirIP = IPAddress.Parse("127.0.1.1");
            int ourPort = FreePort(ourIP), theirPort = FreePort(theirIP), echoPort = FreePort(ourIP);
            using Child ours = Child.Start("dotnet", Assembly.GetExecutingAssembly().Location, "serve", "--listen", $"{ourIP}:{ourPort}", "--bootstrap", Swarm.Bootstrap);
            using Child theirs = Child.Start(Swarm.Python(options), ["-W", "ignore", Path.Combine(scripts, "libtorrent_node.py"), $"{theirIP}", $"{theirPort}", .. Swarm.Bootstrap.Split(':')]);
            using Child bare = Child.Start(echo, $"{echoPort}");
            Console.WriteLine($"nodes in the table: Discovery {Size(await ours.ReadLineAsync())}, libtorrent {Size(await theirs.ReadLineAsync())}, of a swarm of {Swarm.Size}");

            Server[] servers = [new("Discovery", ours, ourIP, ourPort), new("libtorrent", theirs, theirIP, theirPort), new("echo", bare, ourIP, echoPort)];
            foreach (Server server in servers)
                foreach (string method in s_methods)
                    await FloodAsync(load, server, method, WarmUpSeconds, window);
            long allocated = Allocated(await ours.AskAsync());
            for (int round = 0; round < rounds; round++)
                foreach (string method in s_methods)
                    for (int i = 0; i < servers.Length; i++)
                    {
                        Server server = servers[(i + round) % servers.Length];
                        server.Samples[method].Add(await FloodAsync(load, server, method, seconds, window));
                    }
            string ourState = await ours.AskAsync();
            Console.WriteLine($"nodes in the table at the end: Discovery {Size(ourState)}, libtorrent {Size(await theirs.AskAsync())}");
            Console.WriteLine($"allocated by Discovery: {(double)(Allocated(ourState) - allocated) / servers[0].Samples.Values.SelectMany(static s => s).Sum(static s => s.Answered):F2} bytes per query");
            return Report(servers, rounds, seconds) ? 0 : 1;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static bool Report(Server[] servers, int rounds, double seconds)
    {
        Console.WriteLine(FormattableString.Invariant($"medians of {rounds} rounds of {seconds} s; ratios are taken within each round\n"));
        Console.WriteLine($"{"",-12} {"",-12} {"queries/s",10} {"per CPU s",10} {"/ libtorrent",14} {"per CPU s",10} {"/ echo",8} {"per CPU s",10}");
        bool met = true;
        foreach (string method in s_methods)
        {
            foreach (Server server in servers)
            {
                List<Sample> own = server.Samples[method], theirs = servers[1].Samples[method], bare = servers[2].Samples[method];
                Console.WriteLine($"{method,-12} {server.Name,-12} {Median(own.Select(static s => s.Rate)),10:N0} {Median(own.Select(static s => s.PerProcessorSecond)),10:N0} "
                    + $"{Ratio(own, theirs, static s => s.Rate),14:F2} {Ratio(own, theirs, static s => s.PerProcessorSecond),10:F2} "
                    + $"{Ratio(own, bare, static s => s.Rate),8:F2} {Ratio(own, bare, static s => s.PerProcessorSecond),10:F2}");
            }
            double ratio = Ratio(servers[0].Samples[method], servers[1].Samples[method], static s => s.Rate), share = Ratio(servers[0].Samples[method], servers[2].Samples[method], static s => s.Rate);
            Console.WriteLine($"{method,-12} goal {Goal} times libtorrent: {(ratio >= Goal ? "met" : "MISSED")}; stretch {Stretch} of the echo: {(share >= Stretch ? "met" : "missed")}\n");
            met &= ratio >= Goal;
        }
        return met;
    }

    private static double Ratio(List<Sample> left, List<Sample> right, Func<Sample, double> of) => Median(left.Zip(right, (l, r) => of(l) / of(r)));

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);

    private static async Task<Sample> FloodAsync(string load, Server server, string method, double seconds, int window)
    {
        TimeSpan before = server.Process.ProcessorTime;
        string line = await Child.RunAsync(load, $"{server.Address}", $"{server.Port}", seconds.ToString(CultureInfo.InvariantCulture), $"{window}", method, "0");
        Dictionary<string, string> fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static f => f.Contains('=')).Select(static f => f.Split('=')).ToDictionary(static f => f[0], static f => f[1]);
        long answered = long.Parse(fields["recv"], CultureInfo.InvariantCulture);
        return new(double.Parse(fields["rate"].Replace("/s", "", StringComparison.Ordinal), CultureInfo.InvariantCulture),
            answered / (server.Process.ProcessorTime - before).TotalSeconds, answered);
    }

    private static async Task<string> CompileAsync(string lab, string name, DirectoryInfo work)
    {
        string program = Path.Combine(work.FullName, name);
        await Child.RunAsync("gcc", "-O2", "-w", Path.Combine(lab, name + ".c"), "-o", program);
        return program;
    }

    private static int FreePort(IPAddress address)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static string Size(string state) => state.Split(' ')[0];

    private static long Allocated(string state) => long.Parse(state.Split(' ')[1], CultureInfo.InvariantCulture);
}
