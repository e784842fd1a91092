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
/// <param name="round">How many answers led to them.</param>
/// <param name="credit">How many are worth a try at first.</param>
/// <param name="teller">Who named them; null for nobody in particular.</param>
internal sealed class NearLead(int round, int credit, PeerId? teller = null)
{
    public int Round => round;

    public PeerId? Teller => teller;

    public int Credit { get; set; } = credit;

    /// <summary>Whether somebody in it has led nearer.</summary>
    public bool IsFruitful { get; set; }

    /// <summary>Whether it stands among the answers in a row that have led nowhere.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Whether somebody in it is known or has proven to be there, near or far.</summary>
    public bool IsBacked { get; set; }

    /// <summary>At how many of its places nobody was, for the first time.</summary>
    public int Empty { get; set; }

    public Queue<(PeerId? Id, PeerEndPoint EndPoint)> Waiting { get; } = [];
}

/// <summary>Whom one search for near peers knows, and whom it asks and measures next. A state machine: no I/O, no clock, one caller at a time.</summary>
/// <remarks>
/// The nearest known peers are asked first, three at a time, those last whose answers led nowhere in earlier searches, and far ones only while none is near. Each answer is followed in its order until four of
/// those it names have turned out to lead no nearer; those known before cost nothing. Asking ends when three answers in a row have led no nearer, though all whom they name are there: one that names nobody, or
/// somebody who is not there, does not show that there is nobody else. A liar costs four probes, a whole cluster is found.
/// </remarks>
internal sealed class NearCandidates(RegionalLayerOptions options, PeerId self, IEnumerable<PeerEndPoint> own, NearHistory? history = null)
{
    /// <summary>How many are asked at a time, and how many answers in a row may lead nowhere.</summary>
    public const int Alpha = 3;

    private const int MaxProbesAtOnce = 8;
    private const int AnswerCredit = 4;

    private readonly Dictionary<PeerId, bool> _known = new() { [self] = true };
    private readonly Dictionary<PeerEndPoint, Verdict> _tried = own.ToDictionary(static endPoint => endPoint, static _ => Verdict.Free);
    private readonly NearHistory _history = history ?? new();
    private readonly PriorityQueue<NearContact, (bool IsFar, int Fruitless, TimeSpan Rtt)> _unasked = new();
    private readonly List<NearLead> _leads = [];
    private readonly Queue<PeerInfo> _found = [];
    private readonly Queue<PeerId> _liars = [];
    private TimeSpan _nearest = TimeSpan.MaxValue;
    private int _asked, _asking, _probing, _fruitless;

    private enum Verdict
    {
        Untried,
        Pending,

        /// <summary>Near, or known before the search began.</summary>
        Free,

        /// <summary>Far.</summary>
        Useless,
        Empty,
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
            _unasked.Enqueue(new(peer.Id, peer.EndPoints[0], rtt, round), (!IsNear(rtt), _history.FruitlessOf(peer.Id), rtt));
        return leadsNearer;
    }

    /// <summary>The next near peer that was found, each once.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PeerInfo? peer) => _found.TryDequeue(out peer);

    /// <summary>The next contact that named four who are not there, and nobody who is; each once.</summary>
    public bool TryTakeLiar(out PeerId id) => _liars.TryDequeue(out id);

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
        _history.Asked(contact.Id);
        NearLead lead = new(contact.Round + 1, AnswerCredit, contact.Id);
        foreach ((PeerId id, PeerEndPoint endPoint) in neighbors)
            Sight(lead, id, endPoint);
        _leads.Add(lead);
        if (lead.Waiting.Count == 0)
            return;
        lead.IsCounted = true;
        _fruitless++;
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
            _tried[probe.EndPoint] = peer is null ? Verdict.Empty : Verdict.Useless;
        probe.Lead.IsBacked |= peer is not null;
        if (peer is null)
            Disbelieve(probe.Lead, probe.EndPoint);
        if (!leadsNearer)
            return;
        probe.Lead.Credit++;
        if (probe.Lead.IsFruitful)
            return;
        probe.Lead.IsFruitful = true;
        if (probe.Lead.Teller is { } teller)
            _history.Helped(teller);
        foreach (NearLead lead in _leads)
            lead.IsCounted = false;
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
            lead.IsBacked |= verdict is Verdict.Free or Verdict.Useless;
            if (verdict == Verdict.Free)
                continue;
            lead.Credit--;
            if (verdict == Verdict.Empty)
                Disbelieve(lead, next.EndPoint);
            if (verdict != Verdict.Untried)
                continue;
            _tried.Add(next.EndPoint, Verdict.Pending);
            _probing++;
            return new(lead, next.Id, next.EndPoint);
        }
        return null;
    }

    /// <summary>Nobody is where an answer says that somebody is. Others may have more to tell; and who is wrong about all of four does not err.</summary>
    private void Disbelieve(NearLead lead, in PeerEndPoint place)
    {
        if (lead.IsCounted)
            _fruitless--;
        lead.IsCounted = false;
        if (lead.Teller is not { } teller || !_history.NoteEmpty(teller, place) || ++lead.Empty != AnswerCredit || lead.IsBacked || lead.Waiting.Any(named => named.Id is { } id && _known.ContainsKey(id)))
            return;
        _liars.Enqueue(teller);
    }

    private bool IsNear(TimeSpan rtt) => rtt <= options.MaxRtt;
}
