namespace Discovery.Kademlia;

/// <summary>An iterative walk towards a target: it asks the nearest nodes that it has heard of for nearer ones, until the k nearest have answered.</summary>
/// <remarks>
/// Five queries are kept in flight among the nearest unfinished candidates, not five in all; a slow one frees its place without being given up. At most 100 candidates are
/// remembered, each address is asked once (again, once, if it is among the nearest and does not answer in time), and ties go to those named by more nodes.
/// </remarks>
internal abstract class Lookup(NodeId target, bool ipv4, TimeSpan now) : Operation
{
    public const int K = RoutingTable.K;
    private const int MaxCandidates = 100;

    /// <summary>Many times what a walk takes. Whoever holds a large network could name nearer nodes for hours.</summary>
    private const int MaxQueries = 256;

    private readonly List<Candidate> _candidates = [];
    private readonly Dictionary<PeerEndPoint, Candidate> _known = [];
    private HashSet<PeerEndPoint>? _askedSubnets;
    private bool _cancelled;

    /// <summary>The id that the walk goes to.</summary>
    public NodeId Target { get; } = target;

    /// <summary>The target as queries carry it.</summary>
    protected byte[] TargetBytes { get; } = target.ToArray();

    /// <summary>The address family whose nodes are asked.</summary>
    public bool IsIPv4 { get; } = ipv4;

    /// <summary>When it began.</summary>
    public TimeSpan StartedAt { get; } = now;

    /// <summary>When it ended; null while it runs.</summary>
    public TimeSpan? FinishedAt { get; private set; }

    /// <summary>Queries sent.</summary>
    public int Queried { get; protected set; }

    /// <summary>Answers received.</summary>
    public int Answered { get; protected set; }

    /// <summary>Nodes that did not answer in time.</summary>
    public int TimedOut { get; protected set; }

    /// <summary>Refusals by KRPC error code; null when there were none.</summary>
    public Dictionary<int, int>? Errors { get; private set; }

    /// <summary>The largest number of steps from our own table to one of the nearest nodes that answered.</summary>
    public int Hops => _candidates.Where(static c => c.State == CandidateState.Answered).Take(K).Select(static c => c.Hops).DefaultIfEmpty().Max();

    /// <summary>Our own id, which is never a candidate.</summary>
    public NodeId? Own { get; set; }

    /// <summary>Which end points may be asked; null for all.</summary>
    public PeerEndPointFilter? IsAcceptable { get; set; }

    /// <summary>How it searches.</summary>
    public KademliaTuning Tuning { get; set; } = KademliaTuning.Default;

    /// <summary>Called once when the lookup has ended.</summary>
    public Action<Lookup>? Completed { get; set; }

    /// <summary>The kind of walk, as metrics and traces call it.</summary>
    public abstract string Verb { get; }

    public override bool IsFinished => _cancelled || IsDone();

    /// <summary>The nodes that answered, nearest first.</summary>
    public IEnumerable<Candidate> Responders => _candidates.Where(static c => c.State == CandidateState.Answered);

    /// <summary>Offers a node to ask: from the table, from a bootstrap host, or named by <paramref name="source"/>.</summary>
    public void Add(in NodeId id, in PeerEndPoint endPoint, Candidate? source = null, bool isIdKnown = true)
    {
        if (endPoint.IsIPv4 != IsIPv4 || isIdKnown && id == Own || IsAcceptable is not null && !IsAcceptable(endPoint))
            return;
        if (_known.TryGetValue(endPoint, out Candidate? known))
        {
            if (source is not null && known != source)
                Support(known, source);
            return;
        }
        // A host of unknown id goes last: it is asked when nothing better is there.
        int place = isIdKnown ? PlaceOf(id) : _candidates.Count;
        if (place >= MaxCandidates)
            return;
        Candidate candidate = new(id, endPoint) { IsIdKnown = isIdKnown };
        if (source is not null)
            candidate.NamedBy(source);
        _known.Add(endPoint, candidate);
        _candidates.Insert(place, candidate);
        if (_candidates.Count <= MaxCandidates || _candidates[^1].IsWaitedFor)
            return;
        // Whoever was asked stays known, so that no address is asked twice.
        if (_candidates[^1].State == CandidateState.Unasked)
            _known.Remove(_candidates[^1].EndPoint);
        _candidates.RemoveAt(_candidates.Count - 1);
    }

    /// <summary>Whether nobody is known to ask.</summary>
    public bool IsEmpty => _candidates.Count == 0;

    public override Candidate? NextQuery()
    {
        if (_cancelled)
            return null;
        int inFlight = 0, answered = 0, near = 0;
        foreach (Candidate candidate in _candidates)
        {
            switch (candidate.State)
            {
                case CandidateState.Answered when ++answered >= K:
                    return null;
                case CandidateState.InFlight when ++inFlight >= Tuning.Alpha:
                    return null;
                case CandidateState.Unasked when Queried < MaxQueries && MayAsk(candidate):
                    candidate.State = CandidateState.InFlight;
                    candidate.Queries++;
                    Queried++;
                    return candidate;
                case CandidateState.Stalled or CandidateState.Abandoned when Tuning.RepeatsStalled && near < K && !candidate.IsRepeated && Queried < MaxQueries:
                    // One of the nearest, perhaps only since nearer ones failed: a lost datagram must not cost the walk its result. It frees its place all the same.
                    candidate.State = CandidateState.Stalled;
                    candidate.IsRepeated = true;
                    candidate.Queries++;
                    Queried++;
                    return candidate;
            }
            if (candidate.State is not (CandidateState.Failed or CandidateState.Abandoned))
                near++;
        }
        return null;
    }

    public abstract override void WriteQuery(Candidate to, ref KrpcMessage query);

    public override void OnReply(Candidate from, in KrpcMessage reply, in ReplyContext context)
    {
        // The answer to a repeated query may come twice.
        if (_cancelled || from.State == CandidateState.Answered)
            return;
        if (!from.IsIdKnown)
            Learn(from, reply.Id);
        Answered++;
        from.State = CandidateState.Answered;
        from.CreditSources(failed: false);
        if (reply.Token.Length is > 0 and <= KrpcMessage.MaxTokenSize)
            from.Token = reply.Token.ToArray();
        foreach (CompactNode node in reply.NodesOf(IsIPv4))
            Add(node.Id, node.EndPoint, from);
        OnAnswer(reply, context);
    }

    public override void OnError(Candidate from, int code, in ReplyContext context)
    {
        if (from.State == CandidateState.Answered)
            return;
        from.State = CandidateState.Failed;
        CountError(code);
    }

    public override void OnStall(Candidate candidate)
    {
        if (candidate.State == CandidateState.InFlight)
            candidate.State = CandidateState.Stalled;
    }

    public override void OnAbandon(Candidate candidate)
    {
        // The repetition has its own time.
        if (candidate.IsWaitedFor && --candidate.Queries == 0)
            candidate.State = CandidateState.Abandoned;
    }

    public override void OnTimeout(Candidate candidate)
    {
        if (candidate.State is CandidateState.Answered or CandidateState.Failed)
            return;
        candidate.State = CandidateState.Failed;
        candidate.CreditSources(failed: true);
        TimedOut++;
    }

    public override void Cancel() => _cancelled = true;

    public override void OnFinished(TimeSpan now)
    {
        FinishedAt = now;
        Completed?.Invoke(this);
    }

    /// <summary>Takes what the answer bears beside nodes and a token: once from each node.</summary>
    protected virtual void OnAnswer(in KrpcMessage reply, in ReplyContext context) { }

    protected void CountError(int code)
    {
        Errors ??= [];
        Errors[code] = Errors.GetValueOrDefault(code) + 1;
    }

    /// <summary>Whether everything is done: for a plain walk, when the k nearest have answered and nobody nearer is waited for.</summary>
    protected virtual bool IsDone() => IsWalkDone();

    protected bool IsWalkDone()
    {
        int answered = 0;
        foreach (Candidate candidate in _candidates)
        {
            if (candidate.State == CandidateState.Answered && ++answered >= K)
                return true;
            if (candidate.IsWaitedFor || candidate.State == CandidateState.Unasked && Queried < MaxQueries && !IsRefused(candidate))
                return false;
        }
        return true;
    }

    /// <summary>Begins the walk again from what is known, for those who found that a shortcut did not work.</summary>
    protected void Restart()
    {
        _candidates.Clear();
        _known.Clear();
        _askedSubnets = null;
    }

    private bool MayAsk(Candidate candidate)
    {
        // Not for good: an honest node may name it yet.
        if (IsRefused(candidate))
            return false;
        if (Tuning.LimitsSubnets && !candidate.EndPoint.IsPrivate)
            (_askedSubnets ??= []).Add(candidate.EndPoint.SubnetKey);
        return true;
    }

    /// <summary>One of a public subnet is asked per walk: whoever fills a region from one network gains nothing. Nor do the protégés of liars.</summary>
    private bool IsRefused(Candidate candidate) =>
        Tuning.JudgesSources && candidate.IsSuspect || _askedSubnets is not null && !candidate.EndPoint.IsPrivate && _askedSubnets.Contains(candidate.EndPoint.SubnetKey);

    private void Learn(Candidate candidate, ReadOnlySpan<byte> id)
    {
        candidate.Id = new NodeId(id);
        candidate.IsIdKnown = true;
        _candidates.Remove(candidate);
        _candidates.Insert(PlaceOf(candidate.Id), candidate);
    }

    private int PlaceOf(in NodeId id)
    {
        int low = 0, high = _candidates.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_candidates[middle].IsIdKnown && Target.CompareDistance(_candidates[middle].Id, id) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>Among those that claim one id at several addresses, the one named by more nodes goes first.</summary>
    private void Support(Candidate candidate, Candidate source)
    {
        candidate.NamedBy(source);
        int place = candidate.IsIdKnown ? _candidates.IndexOf(candidate) : -1;
        if (place > 0 && _candidates[place - 1].Id == candidate.Id && _candidates[place - 1].SourceCount < candidate.SourceCount)
            (_candidates[place - 1], _candidates[place]) = (candidate, _candidates[place - 1]);
    }
}

/// <summary>Tells whether an end point may be used.</summary>
internal delegate bool PeerEndPointFilter(in PeerEndPoint endPoint);
