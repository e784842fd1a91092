namespace Discovery.Kademlia;

/// <content>Who could be asked, nearest first.</content>
internal abstract partial class Lookup
{
    /// <summary>Candidates whose ids are not bound to their addresses (BEP 42): whoever makes such ids up must not crowd out the others.</summary>
    private const int MaxUnbound = MaxCandidates / 2;

    /// <summary>So many nodes of our own table are tried when a walk has run out of others: of which k answer unless five in six are dead.</summary>
    private const int MaxExtension = 6 * K;

    /// <summary>How many times as far as the k-th of all the k-th bound one lies where ids are made up: more than in a network of which but a fourth are bound.</summary>
    private const int Crowd = 4;

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
        Candidate candidate = new(id, endPoint) { IsIdKnown = isIdKnown, IsBound = !isIdKnown || IsBound(id, endPoint), IsOwn = source is null };
        if (!candidate.IsBound && _unbound >= MaxUnbound && !TryForgetUnbound(place))
            return;
        if (source is not null)
            candidate.NamedBy(source);
        _known.Add(endPoint, candidate);
        _candidates.Insert(place, candidate);
        _unbound += candidate.IsBound ? 0 : 1;
        if (_candidates.Count > MaxCandidates && !_candidates[^1].IsWaitedFor)
            Forget(_candidates.Count - 1);
    }

    /// <summary>The k nearest that answered; without those whose ids are not bound when they crowd so near that others of their kind cannot be meant.</summary>
    public IEnumerable<Candidate> Nearest()
    {
        Candidate[] all = [.. Responders.Take(K)], bound = [.. Responders.Where(static candidate => candidate.IsBound).Take(K)];
        return bound.Length == K && NetworkSizeEstimator.DistanceRatio(Target, bound[^1].Id) > Crowd * NetworkSizeEstimator.DistanceRatio(Target, all[^1].Id) ? bound : all;
    }

    /// <summary>Nobody is left to ask, since most of those who are near are dead: takes more of our own table, once.</summary>
    private bool TryExtend()
    {
        if (_isExtended || Table is null)
            return false;
        _isExtended = true;
        int known = _known.Count;
        Span<ushort> nearest = stackalloc ushort[MaxExtension];
        foreach (ushort index in nearest[..Table.Closest(Target, nearest)])
            Add(Table[index].Id, Table[index].EndPoint);
        return _known.Count > known;
    }

    private void Learn(Candidate candidate, ReadOnlySpan<byte> id)
    {
        candidate.Id = new NodeId(id);
        candidate.IsIdKnown = true;
        candidate.IsBound = IsBound(candidate.Id, candidate.EndPoint);
        _unbound += candidate.IsBound ? 0 : 1;
        _candidates.Remove(candidate);
        _candidates.Insert(PlaceOf(candidate.Id), candidate);
    }

    private bool IsBound(in NodeId id, in PeerEndPoint endPoint) => !Tuning.PrefersBoundIds || SecureNodeId.IsValid(id, endPoint);

    /// <summary>Makes room for another candidate that is not bound, if it is nearer than the farthest one of its kind.</summary>
    private bool TryForgetUnbound(int place)
    {
        int farthest = _candidates.FindLastIndex(static candidate => !candidate.IsBound && !candidate.IsWaitedFor);
        if (place > farthest)
            return false;
        Forget(farthest);
        return true;
    }

    private void Forget(int index)
    {
        Candidate candidate = _candidates[index];
        // Whoever was asked stays known, so that no address is asked twice.
        if (candidate.State == CandidateState.Unasked)
            _known.Remove(candidate.EndPoint);
        _candidates.RemoveAt(index);
        _unbound -= candidate.IsBound ? 0 : 1;
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
