namespace Discovery.Kademlia;

/// <summary>A question, or a short exchange of them, to one node whose address is known. A lost datagram is repeated twice.</summary>
internal abstract class DirectQuery : Operation
{
    private const int MaxAttempts = 3;

    private readonly Candidate _node;
    private bool _isDue = true;
    private int _attempts;
    private bool _isFinished;

    protected DirectQuery(in PeerEndPoint endPoint) => _node = new Candidate(default, endPoint) { IsIdKnown = false };

    /// <summary>Whom it asks.</summary>
    public PeerEndPoint EndPoint => _node.EndPoint;

    /// <summary>Called once, when it is over.</summary>
    public Action<DirectQuery>? Completed { get; set; }

    /// <summary>Whether the node answered to the end.</summary>
    public bool Succeeded { get; private set; }

    /// <summary>The KRPC error code when the node refused; 0 otherwise.</summary>
    public int ErrorCode { get; private set; }

    /// <summary>The round-trip time of the last answer to a query that was sent once (Karn's rule); null when every one was repeated.</summary>
    public TimeSpan? Rtt { get; private set; }

    /// <summary>The id that the node gave.</summary>
    public NodeId NodeId { get; private set; }

    public override bool IsFinished => _isFinished;

    public abstract override void WriteQuery(Candidate to, ref KrpcMessage query);

    public override void OnReply(Candidate from, in KrpcMessage reply, in ReplyContext context)
    {
        if (IsFinished)
            return;
        NodeId = new NodeId(reply.Id);
        if (_attempts == 1)
            Rtt = context.Rtt;
        if (OnAnswer(reply, context))
        {
            Succeeded = _isFinished = true;
            return;
        }
        _attempts = 0;
        _isDue = !IsFinished;
    }

    public override void OnError(Candidate from, int code, in ReplyContext context)
    {
        if (IsFinished)
            return;
        ErrorCode = code;
        _isFinished = true;
    }

    public override void OnStall(Candidate candidate) => _isDue |= !IsFinished && _attempts < MaxAttempts;

    public override void OnAbandon(Candidate candidate)
    {
        if (_attempts >= MaxAttempts && !_isDue)
            _isFinished = true;
    }

    public override void OnTimeout(Candidate candidate) => OnAbandon(candidate);

    public override Candidate? NextQuery()
    {
        if (!_isDue || IsFinished)
            return null;
        _isDue = false;
        _attempts++;
        return _node;
    }

    public override void Cancel() => _isFinished = true;

    public override void OnFinished(TimeSpan now) => Completed?.Invoke(this);

    /// <summary>Takes an answer.</summary>
    /// <returns>True when the exchange is complete; false when another query shall follow (or <see cref="Cancel"/> was called).</returns>
    protected abstract bool OnAnswer(in KrpcMessage reply, in ReplyContext context);
}

/// <summary>BEP 5 <c>ping</c>.</summary>
internal sealed class PingQuery(in PeerEndPoint endPoint) : DirectQuery(endPoint)
{
    public override void WriteQuery(Candidate to, ref KrpcMessage query) => query.Method = KrpcMethod.Ping;

    protected override bool OnAnswer(in KrpcMessage reply, in ReplyContext context) => true;
}
