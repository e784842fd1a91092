using Discovery.Kademlia;

namespace Discovery.Tests.Support;

/// <summary>Fills in what an answer bears beside its id.</summary>
internal delegate void Compose(ref KrpcMessage reply);

/// <summary>Stands in for the node around an operation, so that a test decides what becomes of each query.</summary>
internal sealed class OperationDriver
{
    private readonly Operation _operation;
    private readonly List<(Candidate To, int Stage)> _open = [];

    public OperationDriver(Operation operation)
    {
        _operation = operation;
        Pump();
    }

    /// <summary>Everybody asked so far, in order.</summary>
    public List<Candidate> Asked { get; } = [];

    /// <summary>Those whose transaction is open; one who was asked twice appears twice.</summary>
    public IEnumerable<Candidate> Open => _open.Select(static flight => flight.To);

    public int OpenCount => _open.Count;

    public bool IsFinished => _operation.IsFinished;

    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1);

    public TimeSpan Rtt { get; set; } = TimeSpan.FromMilliseconds(20);

    public KrpcMethod MethodTo(Candidate candidate)
    {
        KrpcMessage query = default;
        _operation.WriteQuery(candidate, ref query);
        return query.Method;
    }

    public void Reply(Candidate from, IEnumerable<CompactNode>? nodes = null, byte[]? token = null, Compose? compose = null, NodeId? id = null)
    {
        Close(from);
        KrpcMessage reply = default;
        reply.Kind = KrpcKind.Reply;
        reply.Id = (id ?? from.Id).ToArray();
        reply.Token = token;
        byte[] bytes = [.. (nodes ?? []).SelectMany(Compact)];
        reply.Nodes = bytes;
        reply.HasNodes = true;
        compose?.Invoke(ref reply);
        _operation.OnReply(from, reply, new(Now, Rtt));
        Pump();
    }

    public void Error(Candidate from, int code)
    {
        Close(from);
        _operation.OnError(from, code, new(Now, Rtt));
        Pump();
    }

    /// <summary>Moves the oldest open transaction of a candidate on: stalled, abandoned, timed out.</summary>
    public void Age(Candidate candidate)
    {
        // A query that was repeated is abandoned before its repetition, and both before either times out.
        int index = _open.FindIndex(flight => flight.To == candidate && flight.Stage < 2);
        if (index < 0)
            index = _open.FindIndex(flight => flight.To == candidate);
        int stage = _open[index].Stage;
        _open[index] = (candidate, stage + 1);
        if (stage == 0)
            _operation.OnStall(candidate);
        else if (stage == 1)
            _operation.OnAbandon(candidate);
        else
        {
            _open.RemoveAt(index);
            _operation.OnTimeout(candidate);
        }
        Pump();
    }

    /// <summary>Ends a transaction before its time without an answer, as an answer with a wrong id does.</summary>
    public void WrongId(Candidate candidate)
    {
        Close(candidate);
        _operation.OnTimeout(candidate);
        Pump();
    }

    public static byte[] Compact(CompactNode node)
    {
        byte[] bytes = new byte[CompactNode.SizeOf(node.EndPoint.IsIPv4)];
        CompactNode.Write(node.Id, node.EndPoint, bytes);
        return bytes;
    }

    private void Close(Candidate candidate) => _open.RemoveAt(_open.FindIndex(flight => flight.To == candidate));

    private void Pump()
    {
        while (_operation.NextQuery() is { } to)
        {
            Asked.Add(to);
            _open.Add((to, 0));
        }
    }
}
