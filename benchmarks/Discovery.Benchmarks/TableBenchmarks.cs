using BenchmarkDotNet.Attributes;
using Discovery.Kademlia;

namespace Discovery.Benchmarks;

/// <summary>The routing table alone.</summary>
[MemoryDiagnoser]
public class TableBenchmarks
{
    private const int Count = 1024;

    private readonly NodeId[] _targets = new NodeId[Count], _newcomers = new NodeId[Count], _members = new NodeId[Count];
    private readonly PeerEndPoint[] _endPoints = new PeerEndPoint[Count], _memberEndPoints = new PeerEndPoint[Count];
    private readonly ushort[] _nearest = new ushort[RoutingTable.K];
    private NodeList _uniform = null!;
    private RoutingTable _table = null!, _churning = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(2);
        _uniform = new();
        for (int i = 0; i < 500; i++)
            _uniform.Insert(new TableEntry(NodeId.CreateRandom(random), FullNode.RandomEndPoint(random)));
        _table = FullNode.Create(random).Family(true)!.Table;
        _churning = FullNode.Create(random, replacements: true).Family(true)!.Table;
        for (int i = 0; i < Count; i++)
        {
            _targets[i] = NodeId.CreateRandom(random);
            _newcomers[i] = _churning.Own.RandomAtPrefix(i % FullNode.Buckets, random);
            _endPoints[i] = FullNode.RandomEndPoint(random);
            TableEntry member = _table[i % _table.Count];
            (_members[i], _memberEndPoints[i]) = (member.Id, member.EndPoint);
        }
    }

    [Benchmark, Goal(250)]
    public int Closest8Of500() => _uniform.Closest(_targets[Next()], _nearest);

    /// <summary>The buckets of a real table: 240 ids in four large ones, 8 in each of the others.</summary>
    [Benchmark, Goal(250)]
    public int Closest8OfFullTable() => _table.Closest(_targets[Next()], _nearest);

    /// <summary>A node that is known answers again.</summary>
    [Benchmark]
    public int Refresh()
    {
        int i = Next();
        return (int)_table.Answered(_members[i], _memberEndPoints[i], TimeSpan.FromMilliseconds(50), FullNode.Now);
    }

    /// <summary>A node answers that is new to a full table: it takes a place, waits in the cache, or is known by now.</summary>
    [Benchmark]
    public int Insert()
    {
        int i = Next();
        return (int)_churning.Answered(_newcomers[i], _endPoints[i], TimeSpan.FromMilliseconds(20 + (i & 255)), FullNode.Now);
    }

    private int Next() => _next = _next + 1 & Count - 1;
}
