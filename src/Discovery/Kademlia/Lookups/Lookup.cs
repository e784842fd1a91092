namespace Discovery.Kademlia;

/// <summary>An iterative walk towards a target: it asks the nearest nodes that it has heard of for nearer ones, until the k nearest have answered.</summary>
/// <remarks>
/// Five queries are kept in flight among the nearest unfinished candidates, not five in all; a slow one frees its place without being given up. At most 100 candidates are
/// remembered, each address is asked once (again, once, if it is among the nearest and does not answer in time), and ties go to those named by more nodes. Ids that are not bound
/// to their addresses (BEP 42) can be made up: the k nearest are asked whatever their ids are, but the walk goes on until the k nearest bound ones have answered as well.
/// </remarks>
internal abstract partial class Lookup(NodeId target, bool ipv4, TimeSpan now) : Operation
{
    public const int K = RoutingTable.K;
    private const int MaxCandidates = 100;
    private const int UsualCandidates = 64;

    /// <summary>How many nodes whose ids are not bound to their addresses (BEP 42) are asked once k bound ones have answered: more than a walk through an honest network takes.</summary>
    private const int MaxUnboundQueries = 3 * K;

    /// <summary>How many of them may be in flight when there are bound ones to ask: each could name nearer ones again.</summary>
    private const int UnboundInFlight = 3;

    /// <summary>How many bound ones are asked at most when they lie too dense.</summary>
    private const int MaxThorough = 20;

    /// <summary>Nearer than this part of the way on which k nodes are expected, k nodes lie by chance in 5 of 100 walks.</summary>
    private const double Dense = 0.5;

    /// <summary>Many times what a walk takes. Whoever holds a large network could name nearer nodes for hours.</summary>
    private const int MaxQueries = 256;

    // What a walk meets as a rule: growing step by step would cost twice the memory, and the time to move it.
    private readonly List<Candidate> _candidates = new(UsualCandidates);
    private readonly Dictionary<PeerEndPoint, Candidate> _known = new(UsualCandidates);
    private HashSet<PeerEndPoint>? _askedSubnets;
    private int _unbound, _unboundQueries, _boundAnswers;
    private bool _cancelled, _isExtended;

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

    /// <summary>How far the k-th nearest node should be in a network of this size, as a part of the key space; 0 when the size is not known.</summary>
    public double ExpectedReach { get; set; }

    /// <summary>How it searches.</summary>
    public KademliaTuning Tuning { get; set; } = KademliaTuning.Default;

    /// <summary>Our own table, for when the nodes that the walk began with are not enough; null for none.</summary>
    public RoutingTable? Table { get; set; }

    /// <summary>Called once when the lookup has ended.</summary>
    public Action<Lookup>? Completed { get; set; }

    /// <summary>The kind of walk, as metrics and traces call it.</summary>
    public abstract string Verb { get; }

    /// <summary>Whether it was ended before its time: who answered until then need not be the nearest.</summary>
    public bool IsCancelled => _cancelled;

    public override bool IsFinished => _cancelled || IsDone();

    /// <summary>The nodes that answered, nearest first.</summary>
    public IEnumerable<Candidate> Responders => _candidates.Where(static c => c.State == CandidateState.Answered);

    /// <summary>Whether nobody is known to ask.</summary>
    public bool IsEmpty => _candidates.Count == 0;

    public override Candidate? NextQuery()
    {
        if (_cancelled)
            return null;
        int inFlight = 0, answered = 0, boundAnswered = 0, near = 0;
        bool mayAskUnbound = MayAskUnbound();
        foreach (Candidate candidate in _candidates)
        {
            // The k nearest of all are asked, and the k nearest of those whose ids are bound: as a rule the same ones.
            if (!candidate.IsBound && answered >= K)
                continue;
            switch (candidate.State)
            {
                case CandidateState.Answered:
                    answered++;
                    if (candidate.IsBound && IsEnough(++boundAnswered, candidate))
                        return null;
                    break;
                case CandidateState.InFlight when ++inFlight >= Tuning.Alpha:
                    return null;
                case CandidateState.Unasked when Queried < MaxQueries && (candidate.IsBound || mayAskUnbound) && MayAsk(candidate):
                    candidate.State = CandidateState.InFlight;
                    candidate.Queries++;
                    Queried++;
                    return candidate;
                case CandidateState.Stalled or CandidateState.Abandoned when Tuning.RepeatsStalled && near < K && !candidate.IsRepeated && Queried < MaxQueries && !IsDistrusted(candidate):
                    // One of the nearest, perhaps only since nearer ones failed: a lost datagram must not cost the walk its result. It frees its place all the same.
                    candidate.State = CandidateState.Stalled;
                    candidate.IsRepeated = true;
                    candidate.Queries++;
                    Queried++;
                    return candidate;
            }
            if (candidate.State is not (CandidateState.Failed or CandidateState.Abandoned) && !IsFruitless(candidate))
                near++;
        }
        return inFlight == 0 && answered < K && TryExtend() ? NextQuery() : null;
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
        _boundAnswers += from.IsBound ? 1 : 0;
        from.JudgeSources(answers: true);
        if (reply.Token.Length is > 0 and <= KrpcMessage.MaxTokenSize)
            from.Token = reply.Token.ToArray();
        foreach (CompactNode node in reply.NodesOf(IsIPv4))
            Add(node.Id, node.EndPoint, from);
        OnAnswer(reply, context);
        // Others do not reach it: whatever is stored there is lost.
        if (reply.IsReadOnly)
            from.State = CandidateState.Failed;
    }

    public override void OnError(Candidate from, int code, in ReplyContext context)
    {
        if (from.State == CandidateState.Answered)
            return;
        from.State = CandidateState.Failed;
        // Whoever refuses is there.
        from.JudgeSources(answers: true);
        CountError(code);
    }

    public override void OnStall(Candidate candidate)
    {
        if (candidate.State != CandidateState.InFlight)
            return;
        candidate.State = CandidateState.Stalled;
        // The walk is over before the query has failed for good: what is known of a source now counts.
        candidate.JudgeSources(answers: false);
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
        candidate.JudgeSources(answers: false);
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
        int answered = 0, boundAnswered = 0;
        foreach (Candidate candidate in _candidates)
        {
            if (candidate.State == CandidateState.Answered)
            {
                answered++;
                if (candidate.IsBound && IsEnough(++boundAnswered, candidate))
                    return true;
            }
            if (!candidate.IsBound && answered >= K)
                continue;
            if (candidate.IsWaitedFor && !IsFruitless(candidate) || candidate.State == CandidateState.Unasked && Queried < MaxQueries && !IsRefused(candidate))
                return false;
        }
        return true;
    }

    /// <summary>Whether it matters to miss a node near the target: something was stored there, or shall be.</summary>
    protected virtual bool IsThorough => false;

    /// <summary>Whether so many answers of bound nodes are enough, the farthest of them given. Where there are many more nodes than there should be, most came for the target's sake.</summary>
    private bool IsEnough(int answers, Candidate farthest) =>
        answers >= MaxThorough || answers >= K
        && !(IsThorough && Tuning.ChecksDensity && NetworkSizeEstimator.DistanceRatio(Target, farthest.Id) < ExpectedReach * Dense);

    /// <summary>Begins the walk again from what is known, for those who found that a shortcut did not work.</summary>
    protected void Restart()
    {
        _candidates.Clear();
        _known.Clear();
        _askedSubnets = null;
        _unbound = _unboundQueries = _boundAnswers = 0;
        _isExtended = false;
    }

    private bool MayAsk(Candidate candidate)
    {
        // Not for good: an honest node may name it yet.
        if (IsRefused(candidate))
            return false;
        if (Tuning.LimitsSubnets && !candidate.EndPoint.IsPrivate)
            (_askedSubnets ??= []).Add(candidate.EndPoint.SubnetKey);
        _unboundQueries += candidate.IsBound ? 0 : 1;
        return true;
    }

    private bool MayAskUnbound()
    {
        if (_unbound == 0 || _candidates.Count - _unbound < K)
            return true;
        int inFlight = 0;
        foreach (Candidate candidate in _candidates)
            if (!candidate.IsBound && candidate.State == CandidateState.InFlight)
                inFlight++;
        return inFlight < UnboundInFlight;
    }

    /// <summary>One of a public subnet is asked per walk: whoever fills a region from one network gains nothing. Nor do the protégés of liars.</summary>
    private bool IsRefused(Candidate candidate) =>
        IsDistrusted(candidate)
        || !candidate.IsBound && _unboundQueries >= MaxUnboundQueries && _boundAnswers >= K
        || _askedSubnets is not null && !candidate.EndPoint.IsPrivate && _askedSubnets.Contains(candidate.EndPoint.SubnetKey);

    private bool IsDistrusted(Candidate candidate) => Tuning.JudgesSources && candidate.IsSuspect;

    /// <summary>One that is late, and named by such sources only: probably it does not exist.</summary>
    private bool IsFruitless(Candidate candidate) => candidate.State == CandidateState.Stalled && IsDistrusted(candidate);
}

/// <summary>Tells whether an end point may be used.</summary>
internal delegate bool PeerEndPointFilter(in PeerEndPoint endPoint);
