using BenchmarkDotNet.Attributes;
using Discovery.Kademlia;

namespace Discovery.Benchmarks;

/// <summary>One query, datagram in to reply out, with a full table.</summary>
[MemoryDiagnoser]
public class QueryBenchmarks
{
    private static readonly PeerEndPoint s_source = new(0x0C010203, 6881);

    private readonly byte[] _reply = new byte[1472];
    private readonly PeerEndPoint[] _strangers = new PeerEndPoint[8192];
    private KademliaNode _node = null!, _guarded = null!;
    private TimeSpan _now = FullNode.Now;
    private int _stranger;
    private Queries _ping = null!, _findNode = null!, _getPeers = null!, _getPeersFew = null!, _getPeersMany = null!;

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(1);
        _node = FullNode.Create(random, replacements: true);
        _guarded = FullNode.Create(random, replacements: true, new KademliaOptions());
        foreach (ref PeerEndPoint stranger in _strangers.AsSpan())
            stranger = FullNode.RandomEndPoint(random);
        _ping = new(KrpcMethod.Ping, random);
        _findNode = new(KrpcMethod.FindNode, random);
        _getPeers = new(KrpcMethod.GetPeers, random);
        _getPeersFew = new(KrpcMethod.GetPeers, random, Announce(64, 8, random));
        _getPeersMany = new(KrpcMethod.GetPeers, random, Announce(64, 100, random));
    }

    [Benchmark]
    public int Ping() => Receive(_ping);

    [Benchmark, Goal(1500)]
    public int FindNode() => Receive(_findNode);

    /// <summary>With the defences on, asked by twice as many strangers as the flood guard remembers.</summary>
    [Benchmark, Goal(1500)]
    public int FindNodeFromStrangersWithLimits()
    {
        _now += TimeSpan.FromMicroseconds(100);
        int length = _guarded.Receive(_findNode.Next(), _strangers[_stranger++ & _strangers.Length - 1], _now, _reply);
        return length > 0 ? length : throw new InvalidOperationException("No reply.");
    }

    [Benchmark, Goal(2000)]
    public int GetPeers() => Receive(_getPeers);

    [Benchmark, Goal(2000)]
    public int GetPeersWith8Values() => Receive(_getPeersFew);

    /// <summary>As many as a reply may hold, drawn at random from twice as many.</summary>
    [Benchmark, Goal(2000)]
    public int GetPeersWith50Values() => Receive(_getPeersMany);

    [Benchmark]
    public int ParseFindNode() => KrpcMessage.TryParse(_findNode.Next(), out KrpcMessage message) ? message.Target.Length : throw new InvalidOperationException();

    private int Receive(Queries queries)
    {
        int length = _node.Receive(queries.Next(), s_source, FullNode.Now, _reply);
        return length > 0 ? length : throw new InvalidOperationException("No reply.");
    }

    private NodeId[] Announce(int infoHashes, int peers, Random random)
    {
        NodeId[] targets = new NodeId[infoHashes];
        foreach (ref NodeId target in targets.AsSpan())
        {
            target = NodeId.CreateRandom(random);
            for (int i = 0; i < peers; i++)
            {
                PeerEndPoint peer = FullNode.RandomEndPoint(random);
                _node.Peers.Add(target, peer, peer, FullNode.Now);
            }
        }
        return targets;
    }
}
