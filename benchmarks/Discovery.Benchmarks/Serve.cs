using Discovery.Transports;

namespace Discovery.Benchmarks;

/// <summary>One node over UDP without limits. It fills its table by lookups, prints the size of it and what the process has allocated, prints both again for each line on standard input, and ends with its input.</summary>
internal static class Serve
{
    private const int LookupsWithoutNews = 100;

    public static async Task<int> RunAsync(string[] args)
    {
        Options options = new(args);
        UdpTransport transport = new(options.Get("listen", PeerEndPoint.Parse("127.0.0.1:6881")));
        await using DhtNode node = new([transport], new DhtNodeOptions { Kademlia = FullNode.NoLimits });
        node.Start();
        PeerEndPoint bootstrap = options.Get<PeerEndPoint>("bootstrap", default);
        if (bootstrap != default)
        {
            node.AddRouter(bootstrap);
            await FillAsync(node);
        }
        do
            Console.WriteLine($"{node.TableSize} {GC.GetTotalAllocatedBytes(precise: true)}");
        while (await Console.In.ReadLineAsync() is not null);
        return 0;
    }

    private static async Task FillAsync(DhtNode node)
    {
        await node.WaitForContactAsync();
        int largest = 0;
        for (int idle = 0; idle < LookupsWithoutNews; idle++)
        {
            await node.FindNodeAsync(NodeId.CreateRandom(Random.Shared));
            if (node.TableSize > largest)
                (largest, idle) = (node.TableSize, 0);
        }
    }
}
