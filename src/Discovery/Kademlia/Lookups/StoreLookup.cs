namespace Discovery.Kademlia;

/// <summary>A walk that collects tokens and then stores something at the nodes nearest to the target.</summary>
internal abstract class StoreLookup(NodeId target, bool ipv4, TimeSpan now) : Lookup(target, ipv4, now)
{
    private readonly Queue<Candidate> _toStore = [];
    private readonly HashSet<Candidate> _pending = [];
    private bool _isStoring;
    private bool _isFromCache;

    /// <summary>Nodes asked to store.</summary>
    public int Asked { get; private set; }

    /// <summary>Nodes that said that they did.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Chooses where to store among the nodes that answered with a token; the node sets it, because it knows the network's size.</summary>
    public required Func<Lookup, Responder[]> ChooseStoreSet { get; init; }

    /// <summary>Gives the walk its first nodes.</summary>
    public required Action<Lookup> Seed { get; init; }

    /// <summary>Stores at once, at nodes remembered with their tokens since an earlier walk to the same target.</summary>
    public void UseRemembered(Responder[] responders)
    {
        _isFromCache = true;
        BeginStore(responders);
    }

    public sealed override bool Wants(Candidate to) => base.Wants(to) && (!_isStoring || _pending.Contains(to));

    public sealed override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        if (!_pending.Contains(to))
        {
            WriteWalkQuery(ref query);
            return;
        }
        query.Token = to.Token;
        WriteStoreQuery(ref query);
    }

    public sealed override Candidate? NextQuery()
    {
        if (_isStoring && IsFruitlessCache)
        {
            // The tokens were too old or the nodes are gone: walk after all.
            _isFromCache = _isStoring = false;
            Asked = 0;
            Restart();
            Seed(this);
        }
        if (!_isStoring)
        {
            if (base.NextQuery() is { } next)
                return next;
            if (!IsWalkDone())
                return null;
            BeginStore(ChooseStoreSet(this));
        }
        if (!_toStore.TryDequeue(out Candidate? candidate))
            return null;
        if (_pending.Add(candidate))
            candidate.State = CandidateState.InFlight;
        Queried++;
        return candidate;
    }

    public sealed override void OnReply(Candidate from, in KrpcMessage reply, in ReplyContext context)
    {
        if (_pending.Remove(from))
        {
            Answered++;
            Acknowledged++;
        }
        else if (!_isStoring)
            base.OnReply(from, reply, context);
    }

    public sealed override void OnError(Candidate from, int code, in ReplyContext context)
    {
        if (_pending.Remove(from))
            CountError(code);
        else if (!_isStoring)
            base.OnError(from, code, context);
    }

    public sealed override void OnStall(Candidate candidate)
    {
        if (!_isStoring)
            base.OnStall(candidate);
        else if (_pending.Contains(candidate) && candidate.State == CandidateState.InFlight)
        {
            // Storing twice does no harm, and a lost datagram is likelier than a node that died since it gave us the token.
            candidate.State = CandidateState.Stalled;
            _toStore.Enqueue(candidate);
        }
    }

    public sealed override void OnAbandon(Candidate candidate)
    {
        if (!_isStoring)
            base.OnAbandon(candidate);
        else if (candidate.State == CandidateState.Stalled)
            candidate.State = CandidateState.Abandoned; // The repetition has its own time.
        else if (_pending.Remove(candidate))
            TimedOut++;
    }

    public sealed override void OnTimeout(Candidate candidate)
    {
        if (!_isStoring)
            base.OnTimeout(candidate);
        else if (_pending.Remove(candidate))
            TimedOut++;
    }

    protected abstract void WriteWalkQuery(ref KrpcMessage query);

    protected abstract void WriteStoreQuery(ref KrpcMessage query);

    protected sealed override bool IsThorough => true;

    protected sealed override bool IsDone() => _isStoring && _pending.Count == 0 && _toStore.Count == 0 && !IsFruitlessCache;

    private bool IsFruitlessCache => _isFromCache && Acknowledged == 0 && _pending.Count == 0 && _toStore.Count == 0
        && (Errors is null || Errors.Keys.All(static code => code == KrpcError.Protocol));

    private void BeginStore(Responder[] storeSet)
    {
        _isStoring = true;
        foreach (Responder node in storeSet)
        {
            // A fresh object: an answer to the walk that comes late must not count as an acknowledgement.
            _toStore.Enqueue(new Candidate(node.Id, node.EndPoint) { Token = node.Token });
            Asked++;
        }
    }
}
