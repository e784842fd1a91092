namespace Discovery.Layers;

/// <summary>A known peer to be asked for its neighbors.</summary>
/// <param name="Id">Who.</param>
/// <param name="EndPoint">Where its key was proven.</param>
/// <param name="Rtt">Its round-trip time.</param>
/// <param name="Round">How many answers led to it.</param>
internal sealed record NearContact(PeerId Id, PeerEndPoint EndPoint, TimeSpan Rtt, int Round);

/// <summary>Somebody to be proven and measured.</summary>
internal sealed record NearProbe(NearLead Lead, PeerId? Id, PeerEndPoint EndPoint);

/// <summary>End points from one place, the most promising first, and how many more of them are worth a try.</summary>
internal sealed class NearLead(int round, int credit)
{
    public int Round => round;

    public int Credit { get; set; } = credit;

    /// <summary>Whether somebody in it has led nearer.</summary>
    public bool IsFruitful { get; set; }

    public Queue<(PeerId? Id, PeerEndPoint EndPoint)> Waiting { get; } = [];
}

/// <summary>Whom one search for near peers knows, and whom it asks and measures next. A state machine: no I/O, no clock, one caller at a time.</summary>
/// <remarks>
/// The nearest known peers are asked first, three at a time, and far ones only while none is near. Asking ends when three answers in a row have led no nearer. Each answer is followed in its order until four of those
/// it names have turned out to lead no nearer; those known before cost nothing. A liar costs four probes, a whole cluster is found.
/// </remarks>
internal sealed class NearCandidates(RegionalLayerOptions options, PeerId self, IEnumerable<PeerEndPoint> own)
{
    /// <summary>How many are asked at a time, and how many answers in a row may lead nowhere.</summary>
    public const int Alpha = 3;

    private const int MaxProbesAtOnce = 8;
    private const int AnswerCredit = 4;

    private readonly Dictionary<PeerId, bool> _known = new() { [self] = true };
    private readonly Dictionary<PeerEndPoint, Verdict> _tried = own.ToDictionary(static endPoint => endPoint, static _ => Verdict.Free);
    private readonly PriorityQueue<NearContact, TimeSpan> _unasked = new();
    private readonly List<NearLead> _leads = [];
    private readonly Queue<PeerInfo> _found = [];
    private TimeSpan _nearest = TimeSpan.MaxValue;
    private int _asked, _asking, _probing, _fruitless;

    private enum Verdict
    {
        Untried,
        Pending,

        /// <summary>Near, or known before the search began.</summary>
        Free,
        Useless,
    }

    /// <summary>How many measured peers are known.</summary>
    public int Count => _known.Count - 1;

    /// <summary>A peer that was measured.</summary>
    /// <returns>Whether it leads nearer: it was not known, and is near or nearer than all others.</returns>
    public bool Know(PeerInfo peer, int round = 0)
    {
        if (peer.Rtt is not { } rtt || !_known.TryAdd(peer.Id, IsNear(rtt) || round == 0))
            return false;
        // Where it was proven: its record may name the places of others as well.
        _tried[peer.EndPoints[0]] = _known[peer.Id] ? Verdict.Free : Verdict.Useless;
        bool leadsNearer = IsNear(rtt) || rtt < _nearest;
        _nearest = rtt < _nearest ? rtt : _nearest;
        if (IsNear(rtt))
            _found.Enqueue(peer);
        if (round < options.MaxRounds)
            _unasked.Enqueue(new(peer.Id, peer.EndPoints[0], rtt, round), rtt);
        return leadsNearer;
    }

    /// <summary>The next near peer that was found, each once.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PeerInfo? peer) => _found.TryDequeue(out peer);

    /// <summary>Opens a place from which end points come: <see cref="Sight"/>.</summary>
    /// <param name="credit">How many are worth a try at first.</param>
    public NearLead Open(int credit)
    {
        NearLead lead = new(0, credit);
        _leads.Add(lead);
        return lead;
    }

    /// <summary>Somebody may be there.</summary>
    public static void Sight(NearLead lead, PeerId? id, in PeerEndPoint endPoint) => lead.Waiting.Enqueue((id, endPoint));

    /// <summary>Whom to ask for neighbors now; null for nobody.</summary>
    public NearContact? NextToAsk()
    {
        if (_asking == Alpha || _asked >= options.MaxAsked || _fruitless >= Alpha || !_unasked.TryPeek(out NearContact? next, out _)
            || !IsNear(next.Rtt) && IsNear(_nearest))
            return null;
        _asked++;
        _asking++;
        return _unasked.Dequeue();
    }

    /// <summary>What a contact answered: nobody, when it did not.</summary>
    public void Answered(NearContact contact, IEnumerable<(PeerId Id, PeerEndPoint EndPoint)> neighbors)
    {
        _asking--;
        _fruitless++;
        NearLead lead = new(contact.Round + 1, AnswerCredit);
        foreach ((PeerId id, PeerEndPoint endPoint) in neighbors)
            Sight(lead, id, endPoint);
        _leads.Add(lead);
    }

    /// <summary>Whom to prove and measure now; null for nobody.</summary>
    public NearProbe? NextToProbe()
    {
        if (_probing == MaxProbesAtOnce)
            return null;
        foreach (NearLead lead in _leads)
            if (NextOf(lead) is { } probe)
                return probe;
        return null;
    }

    /// <summary>What came of a probe.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="peer">Who proved to be there; null for nobody.</param>
    public void Probed(NearProbe probe, PeerInfo? peer)
    {
        _probing--;
        bool leadsNearer = peer is not null && Know(peer, probe.Lead.Round);
        if (_tried[probe.EndPoint] == Verdict.Pending)
            _tried[probe.EndPoint] = Verdict.Useless;
        if (!leadsNearer)
            return;
        probe.Lead.Credit++;
        if (probe.Lead.IsFruitful)
            return;
        probe.Lead.IsFruitful = true;
        _fruitless = 0;
    }

    private NearProbe? NextOf(NearLead lead)
    {
        while (lead.Credit > 0 && lead.Waiting.TryPeek(out (PeerId? Id, PeerEndPoint EndPoint) next))
        {
            Verdict verdict = next.Id is { } id && _known.TryGetValue(id, out bool isFree) ? isFree ? Verdict.Free : Verdict.Useless : _tried.GetValueOrDefault(next.EndPoint);
            // What comes of it tells whether the rest is worth a try.
            if (verdict == Verdict.Pending)
                return null;
            lead.Waiting.Dequeue();
            if (verdict == Verdict.Free)
                continue;
            lead.Credit--;
            if (verdict == Verdict.Useless)
                continue;
            _tried.Add(next.EndPoint, Verdict.Pending);
            _probing++;
            return new(lead, next.Id, next.EndPoint);
        }
        return null;
    }

    private bool IsNear(TimeSpan rtt) => rtt <= options.MaxRtt;
}
