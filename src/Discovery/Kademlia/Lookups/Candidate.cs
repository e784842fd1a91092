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
    /// <summary>More than the liars that a walk meets before somebody honest names the same node.</summary>
    private const int MaxSources = 8;
    private const int FailuresOfDescendants = 3;

    private List<Candidate>? _sources;
    private bool? _answers;
    private int _named, _namedInVain;

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

    /// <summary>Whether it was known before the walk asked anybody: our own table or our user answers for it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether only those have named it of whose other advice three nodes do not answer, and fewer than half as many do: such a source is broken or lies.</summary>
    public bool IsSuspect => !IsOwn && _sources is { Count: > 0 } && _sources.TrueForAll(static source => source.MisleadsUs);

    public bool IsWaitedFor => State is CandidateState.InFlight or CandidateState.Stalled;

    private bool MisleadsUs => _namedInVain >= FailuresOfDescendants && _namedInVain > 2 * _named;

    public void NamedBy(Candidate source)
    {
        _sources ??= new(1);
        if (_sources.Count == 0)
            Hops = source.Hops + 1;
        if (_sources.Count == MaxSources || _sources.Contains(source))
            return;
        _sources.Add(source);
        source.Count(_answers, 1);
    }

    /// <summary>Tells the sources what their advice was worth. Whoever is late may answer yet.</summary>
    public void JudgeSources(bool answers)
    {
        if (_sources is not null)
            foreach (Candidate source in _sources)
            {
                source.Count(_answers, -1);
                source.Count(answers, 1);
            }
        _answers = answers;
    }

    private void Count(bool? answers, int by)
    {
        if (answers == true)
            _named += by;
        else if (answers == false)
            _namedInVain += by;
    }
}
