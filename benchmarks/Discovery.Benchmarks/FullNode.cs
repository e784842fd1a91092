using Discovery.Kademlia;

namespace Discovery.Benchmarks;

/// <summary>Nodes as they are after a while in a network of ten million.</summary>
internal static class FullNode
{
    /// <summary>The buckets that such a network fills: 2^20 × 8 nodes.</summary>
    public const int Buckets = 21;

    public static readonly TimeSpan Now = TimeSpan.FromHours(1);

    public static KademliaOptions NoLimits { get; } = new() { Flood = null, Budget = null };

    /// <summary>A node with every bucket full; with <paramref name="replacements"/> the replacement caches too.</summary>
    public static KademliaNode Create(Random random, bool replacements = false, KademliaOptions? options = null)
    {
        // Ids bound to addresses would take for ever to find for the deep buckets, and others may fill only half.
        options = (options ?? NoLimits) with { Tuning = KademliaTuning.Default with { PrefersBoundIds = false } };
        KademliaNode node = new(options, random, NodeId.CreateRandom(random), null, Now);
        Fill(node.Family(true)!.Table, random, replacements);
        return node;
    }

    public static void Fill(RoutingTable table, Random random, bool replacements)
    {
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            int wanted = table.Count + table.Capacity(bucket), spare = table.Replacements.Length + RoutingTable.K;
            while (table.Count < wanted || replacements && table.Replacements.Length < spare)
                table.Answered(table.Own.RandomAtPrefix(bucket, random), RandomEndPoint(random), TimeSpan.FromMilliseconds(random.Next(20, 300)), Now);
        }
    }

    /// <summary>An address of 11.0.0.0/8 and a port: public, and seldom two in one /24.</summary>
    public static PeerEndPoint RandomEndPoint(Random random) => new(0x0B000000u | (uint)random.Next(1 << 24), (ushort)random.Next(1024, 65536));
}
