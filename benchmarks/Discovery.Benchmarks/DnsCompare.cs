namespace Discovery.Benchmarks;

/// <summary>Reads and writes one message with our codec, python-zeroconf's and npm's dns-packet in the same run.</summary>
internal static class DnsCompare
{
    public static async Task<int> RunAsync(string[] args)
    {
        Options options = new(args);
        string scripts = options.Get("scripts", "benchmarks"), npm = options.Get("js", Environment.GetEnvironmentVariable("DISCOVERY_JS") ?? "");
        int result = QuickRun.Run([nameof(DnsBenchmarks)]);
        DnsBenchmarks ours = new();
        ours.Setup();
        string hex = Convert.ToHexStringLower(ours.Message);
        Console.WriteLine($"\nothers, best of 20 rounds, with the same {ours.Message.Length} bytes (parse, build):");
        Console.WriteLine($"python-zeroconf  {await Child.RunAsync(Swarm.Python(options), Path.Combine(scripts, "dns_peers.py"), hex)} us".Replace("\n", "", StringComparison.Ordinal));
        if (npm.Length > 0)
            Console.WriteLine($"dns-packet       {await Child.RunAsync("node", Path.Combine(scripts, "dns_peers.mjs"), npm, hex)} us".Replace("\n", "", StringComparison.Ordinal));
        return result;
    }
}
