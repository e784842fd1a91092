namespace Discovery.Kademlia;

/// <summary>Where a candidate of a lookup stands.</summary>
internal enum CandidateState : byte
{
    Unasked,
    InFlight,

    /// <summary>Slower than nine in ten: another may be asked in its place, its answer is still welcome and waited for.</summary>
    Stalled,

    /// <summary>Slower still: the lookup may end without it, its answer is still welcome.</summary>
    Abandoned,
    Answered,
    Failed,
}

/// <summary>A node that a lookup has heard of, and who named it.</summary>
internal sealed class Candidate(NodeId id, PeerEndPoint endPoint)
{
    private const int MaxSources = 4;
    private const int FailuresOfDescendants = 3;

    private List<Candidate>? _sources;
    private int _failedDescendants;

    /// <summary>The node's id; meaningless until it answers when <see cref="IsIdKnown"/> is false.</summary>
    public NodeId Id { get; set; } = id;

    public PeerEndPoint EndPoint { get; } = endPoint;

    /// <summary>False for a bootstrap host, of which only the address is known.</summary>
    public bool IsIdKnown { get; set; } = true;

    public CandidateState State { get; set; }

    /// <summary>Whether it has been asked a second time.</summary>
    public bool IsRepeated { get; set; }

    /// <summary>The queries to it that are still waited for.</summary>
    public byte Queries { get; set; }

    /// <summary>The token that it gave us for the lookup's target.</summary>
    public byte[]? Token { get; set; }

    /// <summary>The number of steps from our own table: 0 for its nodes.</summary>
    public int Hops { get; private set; }

    /// <summary>Whether the id is bound to the address (BEP 42, or the address is exempt). Others can be made up at will, so they never stand in the way of these.</summary>
    public bool IsBound { get; set; } = true;

    public int SourceCount => _sources?.Count ?? 0;

    /// <summary>Whether everybody who named it has also named three that failed: such a source is broken or lies.</summary>
    public bool IsSuspect => _sources is { Count: > 0 } && _sources.TrueForAll(static source => source._failedDescendants >= FailuresOfDescendants);

    public bool IsWaitedFor => State is CandidateState.InFlight or CandidateState.Stalled;

    public void NamedBy(Candidate source)
    {
        _sources ??= new(1);
        if (_sources.Count == 0)
            Hops = source.Hops + 1;
        if (_sources.Count < MaxSources && !_sources.Contains(source))
            _sources.Add(source);
    }

    /// <summary>Tells the sources what their advice was worth.</summary>
    public void CreditSources(bool failed)
    {
        if (_sources is null)
            return;
        foreach (Candidate source in _sources)
            source._failedDescendants = Math.Max(0, source._failedDescendants + (failed ? 1 : -1));
    }
}
