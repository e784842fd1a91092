using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

/// <summary>A hundred thousand nodes shall fit into 4 GiB: 40 KiB each.</summary>
public sealed class NodeMemoryTests
{
    private const int Nodes = 200, Rounds = 3, Goal = 40 * 1024;

    /// <summary>What the limits remember of the last addresses comes on top; it is bounded apart, and goes when the addresses are quiet.</summary>
    [Test]
    public void AFullTableOfANetworkOfTenMillionFits([Values] bool limits)
    {
        // To find ids that are bound to their addresses, for each bucket, would take longer than the test.
        KademliaOptions options = new() { IsPublic = true, Tuning = new() { PrefersBoundIds = false } };
        if (!limits)
            options = options with { Flood = null, Budget = null };
        // The test host allocates beside us, a little in one round and more in another.
        long perNode = Enumerable.Range(0, Rounds).Min(_ => Measure(options));
        Assert.That(perNode, Is.LessThanOrEqualTo(limits ? Goal * 5 / 4 : Goal));
    }

    /// <summary>What a node takes, in bytes.</summary>
    private static long Measure(KademliaOptions options)
    {
        Random random = new(1);
        Create(random, options).Dispose();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        WireNode[] nodes = [.. Enumerable.Range(0, Nodes).Select(_ => Create(random, options))];
        // The datagram buffer belongs to the test.
        long perNode = (GC.GetTotalMemory(forceFullCollection: true) - before) / Nodes - 1500;
        RoutingTable[] tables = [.. nodes.Select(static wire => wire.Node.Family(true)!.Table)];
        TestContext.Out.WriteLine($"{perNode} B per node with {tables.Average(static table => table.Count):F0} nodes and {tables.Average(static table => table.Replacements.Length):F0} replacements");
        Assert.That(tables.Min(static table => table.Count), Is.GreaterThan(350));
        foreach (WireNode node in nodes)
            node.Dispose();
        return perNode;
    }

    /// <summary>A node that has been offered nodes by everybody, has been asked things, has walked and has a past to remember.</summary>
    private static WireNode Create(Random random, KademliaOptions options)
    {
        WireNode wire = new(options, random, dualStack: false, id: SecureNodeId.Create(PeerEndPoint.Parse("8.8.8.8:6881"), random)) { Now = TimeSpan.FromHours(1) };
        RoutingTable table = wire.Node.Family(true)!.Table;
        for (int bucket = 0; bucket < 24; bucket++)
        {
            // 10^7 / 2^(bucket + 1) nodes are there; of large buckets three times what fits comes by.
            int offered = (int)Math.Min(1e7 / Math.Pow(2, bucket + 1), 3 * table.Capacity(bucket));
            for (int i = 0; i < offered; i++)
                table.Answered(table.Own.RandomAtPrefix(bucket, random), RandomAddress(random), TimeSpan.FromMilliseconds(random.Next(20, 400)), wire.Now);
        }
        for (int i = 0; i < 100; i++)
            wire.Send(WireNode.Query("find_node", "6:target20:mnopqrstuvwxyz123456", id: WireNode.Text(NodeId.CreateRandom(random))), RandomAddress(random));
        for (int walk = 0; walk < 3; walk++)
        {
            wire.Node.Start(wire.Node.GetPeers(NodeId.CreateRandom(random), true, wire.Now), wire.Now);
            for (int i = 0; i < 30 && wire.Transmit(out PeerEndPoint to) is { Length: > 0 } query; i++)
                if (IdAt(table, to) is { } id)
                    wire.Send(WireNode.Answer(query, id, "5:token8:abcdefgh", ip: WireNode.Compact(PeerEndPoint.Parse("8.8.8.8:6881"))), to);
            wire.Advance(TimeSpan.FromSeconds(15));
        }
        return wire;
    }

    private static PeerEndPoint RandomAddress(Random random) => new(0x0B00_0000u | (uint)random.Next(1 << 24), (ushort)random.Next(1024, 65536));

    private static NodeId? IdAt(RoutingTable table, PeerEndPoint endPoint)
    {
        foreach (ref readonly TableEntry entry in table.Entries)
            if (entry.EndPoint == endPoint)
                return entry.Id;
        return null;
    }
}
