namespace Discovery.Kademlia;

/// <summary>A question, or a short exchange of them, to one node whose address is known. A lost datagram is repeated twice.</summary>
/// <param name="endPoint">Whom to ask.</param>
/// <param name="maxAttempts">How often each question is asked at most.</param>
internal abstract class DirectQuery(in PeerEndPoint endPoint, int maxAttempts = 3) : Operation
{
    // Another one for each question: what still comes of the one before must not touch it.
    private Candidate _node = Target(endPoint);
    private bool _isDue = true;
    private int _attempts, _abandoned, _over;
    private bool _isFinished;

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

    /// <summary>When it was over.</summary>
    public TimeSpan FinishedAt { get; private set; }

    /// <summary>The id that the node gave.</summary>
    public NodeId NodeId { get; private set; }

    public override bool IsFinished => _isFinished;

    public override bool Wants(Candidate to) => to == _node && !IsFinished;

    public abstract override void WriteQuery(Candidate to, ref KrpcMessage query);

    public override void OnReply(Candidate from, in KrpcMessage reply, in ReplyContext context)
    {
        if (!Wants(from))
            return;
        NodeId = new NodeId(reply.Id);
        if (_attempts == 1)
            Rtt = context.Rtt;
        if (OnAnswer(reply, context))
        {
            Succeeded = _isFinished = true;
            return;
        }
        AskNext();
    }

    public override void OnError(Candidate from, int code, in ReplyContext context)
    {
        if (!Wants(from))
            return;
        if (IsWorthRepeating(code))
        {
            AskNext();
            return;
        }
        ErrorCode = code;
        _isFinished = true;
    }

    public override void OnStall(Candidate candidate) => _isDue |= Wants(candidate) && _attempts < maxAttempts;

    public override void OnAbandon(Candidate candidate) => _isFinished |= Wants(candidate) && ++_abandoned == maxAttempts;

    // Before its time comes this tells that something else than an answer came back.
    public override void OnTimeout(Candidate candidate) => _isFinished |= Wants(candidate) && ++_over == _attempts && !_isDue;

    public override Candidate? NextQuery()
    {
        if (!_isDue || IsFinished)
            return null;
        _isDue = false;
        _attempts++;
        return _node;
    }

    public override void Cancel() => _isFinished = true;

    public override void OnFinished(TimeSpan now)
    {
        FinishedAt = now;
        Completed?.Invoke(this);
    }

    /// <summary>Takes an answer.</summary>
    /// <returns>True when the exchange is complete; false when another query shall follow (or <see cref="Cancel"/> was called).</returns>
    protected abstract bool OnAnswer(in KrpcMessage reply, in ReplyContext context);

    /// <summary>Whether something else shall be asked after a refusal, which else ends the exchange.</summary>
    protected virtual bool IsWorthRepeating(int code) => false;

    private void AskNext()
    {
        _node = Target(EndPoint);
        _attempts = _abandoned = _over = 0;
        _isDue = true;
    }

    private static Candidate Target(in PeerEndPoint endPoint) => new(default, endPoint) { IsIdKnown = false };
}

/// <summary>BEP 5 <c>ping</c>.</summary>
internal sealed class PingQuery(in PeerEndPoint endPoint, int maxAttempts = 3) : DirectQuery(endPoint, maxAttempts)
{
    public override void WriteQuery(Candidate to, ref KrpcMessage query) => query.Method = KrpcMethod.Ping;

    protected override bool OnAnswer(in KrpcMessage reply, in ReplyContext context) => true;
}
