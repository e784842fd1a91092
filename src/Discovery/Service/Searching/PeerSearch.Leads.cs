namespace Discovery.Service;

/// <content>From sightings to peers.</content>
internal sealed partial class PeerSearch
{
    // Under the lock. Several for one end point only when layers do not agree who is there.
    private readonly Dictionary<PeerEndPoint, List<Lead>> _leads = [];
    private readonly Dictionary<PeerId, FoundPeer> _found = [];
    private readonly List<(Lead Lead, PeerSighting Sighting)> _known = [];

    /// <summary>An end point that this search looks at.</summary>
    private sealed class Lead(PeerId? id, string layer, DiscoveryScope scope)
    {
        /// <summary>Who is said to be there; null for anybody.</summary>
        public PeerId? Id => id;

        /// <summary>Whom a peer that is found there is owed to.</summary>
        public string Layer => layer;

        /// <summary>The nearest scope in which it was sighted.</summary>
        public DiscoveryScope Scope { get; set; } = scope;

        public bool IsPending { get; set; } = true;

        /// <summary>Whether somebody has proven to be there, of use or not.</summary>
        public bool IsProven { get; set; }

        public FoundPeer? Found { get; set; }
    }

    /// <summary>The peers proven a moment ago are found without any traffic; others that are alive are asked for a new proof, the best first.</summary>
    private void AdmitKnown()
    {
        DateTimeOffset since = _time.GetUtcNow() - _context.Options.Timing.ProofLifetime;
        foreach (PeerInfo peer in _context.Registry.ListAlive())
        {
            bool isFresh = peer.LastSeen > since, isWanted = IsWanted(peer);
            DiscoveryScope scope = _context.ScopeOf(peer);
            if (!isFresh && !(isWanted && _strategy.WantsKnown(scope)))
                continue;
            Lead lead = new(isFresh ? null : peer.Id, Registry, scope) { IsPending = !isFresh, IsProven = isFresh };
            lock (_gate)
            {
                Track(peer.EndPoints[0], lead);
                if (isFresh && isWanted)
                    Admit(lead, peer);
                if (!isFresh)
                    _known.Add((lead, new(peer.EndPoints[0], peer.Sources.Count > 0 ? peer.Sources[0] : Registry) { Id = peer.Id }));
            }
        }
    }

    /// <summary>Sees that whoever a layer has sighted is proven, once.</summary>
    private void Follow(PeerSighting sighting, DiscoveryScope scope)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            // Nobody who lies about who is at an end point keeps others from finding who really is there.
            if (_leads.TryGetValue(sighting.EndPoint, out List<Lead>? leads) && leads.Find(lead => lead.IsProven || lead.Id is null || lead.Id == sighting.Id) is { } known)
            {
                Narrow(known, scope);
                return;
            }
            Lead lead = new(sighting.Id, sighting.Source, scope);
            Track(sighting.EndPoint, lead);
            _work.Add(Task.Run(() => ProveAsync(lead, sighting), CancellationToken.None));
        }
    }

    private async Task ProveAsync(Lead lead, PeerSighting sighting)
    {
        PeerInfo? peer = null;
        bool isWanted = false;
        try
        {
            peer = await _context.VerifyAsync(sighting, _stopping).ConfigureAwait(false);
            isWanted = peer is not null && IsWanted(peer);
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            // The caller's own predicate threw: that is for the caller to see.
            Abort(exception);
        }
        lock (_gate)
        {
            (lead.IsPending, lead.IsProven) = (false, peer is not null);
            _progress.End(lead.Scope);
            if (isWanted && !_isOver)
                Admit(lead, peer!);
        }
        Changed();
    }

    // The caller's code runs here: never under the lock.
    private bool IsWanted(PeerInfo peer) => (_query.Peer is null || peer.Id == _query.Peer) && _query.Filter.Matches(peer);

    private void Track(in PeerEndPoint endPoint, Lead lead)
    {
        if (!_leads.TryGetValue(endPoint, out List<Lead>? leads))
            _leads.Add(endPoint, leads = new(1));
        leads.Add(lead);
        if (lead.IsPending)
            _progress.Begin(lead.Scope);
    }

    private void Admit(Lead lead, PeerInfo peer)
    {
        if (!_found.TryGetValue(peer.Id, out FoundPeer? found))
        {
            DiscoveryScope scope = _context.ScopeOf(peer);
            _found.Add(peer.Id, found = new(peer, lead.Layer, scope < lead.Scope ? scope : lead.Scope));
            _progress.Add(found);
        }
        lead.Found = found;
        _progress.Narrow(found, lead.Scope);
    }

    private void Narrow(Lead lead, DiscoveryScope scope)
    {
        if (scope >= lead.Scope)
            return;
        if (lead.IsPending)
        {
            _progress.End(lead.Scope);
            _progress.Begin(scope);
        }
        lead.Scope = scope;
        if (lead.Found is { } found)
            _progress.Narrow(found, scope);
    }
}
