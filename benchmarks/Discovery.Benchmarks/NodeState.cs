using Discovery.Kademlia;

namespace Discovery.Benchmarks;

/// <summary>What a node keeps of its own, by building many and dividing: what the garbage collector counts, and what the process grew by, native memory included.</summary>
internal static class NodeState
{
    private const int Goal = 40 * 1024;

    public static int Run(string[] args)
    {
        int nodes = new Options(args).Get("nodes", 10_000);
        // What the first node of a process brings along belongs to no node.
        Measure(1, Used);
        Console.WriteLine($"{nodes} nodes, goal {Goal:N0} bytes each\n{"",-48} {"managed",10} {"resident",10}");
        Print("empty", nodes, static random => new(FullNode.NoLimits, random, NodeId.CreateRandom(random), null, FullNode.Now));
        bool met = Print($"{FullNode.Buckets} full buckets", nodes, static random => FullNode.Create(random));
        met &= Print("... and full replacement caches", nodes, static random => FullNode.Create(random, replacements: true));
        met &= Print("... and it has answered 100 strangers", nodes, Used);
        return met ? 0 : 1;
    }

    private static KademliaNode Used(Random random)
    {
        KademliaNode node = FullNode.Create(random, replacements: true);
        Span<byte> reply = stackalloc byte[1472];
        byte[] query = [.. "d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe"u8];
        for (int i = 0; i < 100; i++)
        {
            random.NextBytes(query.AsSpan("d1:ad2:id20:".Length, NodeId.Size));
            node.Receive(query, FullNode.RandomEndPoint(random), FullNode.Now, reply);
        }
        return node;
    }

    private static bool Print(string what, int count, Func<Random, KademliaNode> create)
    {
        (long managed, long resident) = Measure(count, create);
        Console.WriteLine($"{what,-48} {managed,10:N0} {resident,10:N0}");
        return managed <= Goal;
    }

    private static (long Managed, long Resident) Measure(int count, Func<Random, KademliaNode> create)
    {
        Random random = new(4);
        KademliaNode[] nodes = new KademliaNode[count];
        (long managed, long resident) = (Collected(), Environment.WorkingSet);
        for (int i = 0; i < count; i++)
            nodes[i] = create(random);
        (managed, resident) = (Collected() - managed, Environment.WorkingSet - resident);
        foreach (KademliaNode node in nodes)
            node.Dispose();
        return (managed / count, resident / count);
    }

    private static long Collected()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
