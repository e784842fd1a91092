using Discovery.Kademlia;

namespace Discovery.Benchmarks;

/// <summary>Datagrams that ask for one random target after another, so that no branch learns them by heart.</summary>
internal sealed class Queries
{
    private const int Count = 1024;

    private readonly byte[][] _datagrams = new byte[Count][];
    private int _next;

    public Queries(KrpcMethod method, Random random, NodeId[]? targets = null)
    {
        byte[] buffer = new byte[512];
        for (int i = 0; i < Count; i++)
        {
            NodeId target = targets is null ? NodeId.CreateRandom(random) : targets[i % targets.Length];
            KrpcMessage query = default;
            query.Kind = KrpcKind.Query;
            query.Method = method;
            query.Transaction = BitConverter.GetBytes(i);
            query.Id = NodeId.CreateRandom(random).ToArray();
            if (method == KrpcMethod.GetPeers)
                query.InfoHash = target.ToArray();
            else if (method != KrpcMethod.Ping)
                query.Target = target.ToArray();
            _datagrams[i] = buffer[..query.Write(buffer)];
        }
    }

    public byte[] Next() => _datagrams[_next++ & Count - 1];
}
