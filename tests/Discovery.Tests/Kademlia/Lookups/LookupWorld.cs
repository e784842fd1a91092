using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia.Lookups;

/// <summary>Nodes with ideal tables: of each bucket every node knows all members, or eight of them.</summary>
internal sealed class LookupWorld
{
    private readonly Random _random;
    private readonly Dictionary<NodeId, CompactNode[]> _tables = [];

    public LookupWorld(int count, int seed)
    {
        _random = new Random(seed);
        Nodes = [.. Enumerable.Range(0, count).Select(i => new CompactNode(NodeId.CreateRandom(_random), Address(i)))];
    }

    public CompactNode[] Nodes { get; }

    public static PeerEndPoint Address(int index) => new(0x0A000001u + (uint)index, 6881);

    public CompactNode[] Closest(NodeId target, int count) => [.. Nodes.OrderBy(node => NodeId.Distance(node.Id, target)).Take(count)];

    public CompactNode[] Answer(NodeId node, NodeId target) => [.. Table(node).OrderBy(known => NodeId.Distance(known.Id, target)).Take(8)];

    private CompactNode[] Table(NodeId node)
    {
        if (_tables.TryGetValue(node, out CompactNode[]? table))
            return table;
        table = [.. Nodes.Where(other => other.Id != node).GroupBy(other => NodeId.CommonPrefixLength(node, other.Id))
            .SelectMany(bucket => bucket.OrderBy(_ => _random.Next()).Take(8))];
        return _tables[node] = table;
    }
}
