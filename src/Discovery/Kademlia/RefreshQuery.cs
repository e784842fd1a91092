namespace Discovery.Kademlia;

/// <summary>Asks a node of the table whether it still lives and, when its bucket has room, whom it knows there.</summary>
internal sealed class RefreshQuery(NodeId id, PeerEndPoint endPoint, NodeId? target, KademliaNode node, KademliaFamily family) : Operation
{
    private readonly Candidate _candidate = new(id, endPoint);
    private readonly byte[]? _target = target?.ToArray();
    private bool _isSent, _isFinished;

    public override bool IsFinished => _isFinished;

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        query.Method = _target is null ? KrpcMethod.Ping : KrpcMethod.FindNode;
        query.Target = _target;
    }

    public override void OnReply(Candidate from, in KrpcMessage reply, in ReplyContext context)
    {
        _isFinished = true;
        foreach (CompactNode found in reply.NodesOf(family.IsIPv4))
            node.NoteNamed(family, found, context.Now);
    }

    public override void OnError(Candidate from, int code, in ReplyContext context) => _isFinished = true;

    public override void OnStall(Candidate candidate) { }

    public override void OnAbandon(Candidate candidate) { }

    public override void OnTimeout(Candidate candidate) => _isFinished = true;

    public override Candidate? NextQuery()
    {
        if (_isSent)
            return null;
        _isSent = true;
        return _candidate;
    }

    public override void OnFinished(TimeSpan now) { }

    public override void Cancel() => _isFinished = true;
}
