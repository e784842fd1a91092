using Discovery.Diagnostics;

namespace Discovery.Kademlia;

/// <content>What the node does of its own accord: join, keep the table fresh, verify those who came by, forget what has expired.</content>
internal sealed partial class KademliaNode
{
    private const int MaxRemembered = 128;

    private static readonly TimeSpan ReachedResolution = TimeSpan.FromMinutes(1);

    private TimeSpan _nextRefresh;

    /// <summary>Told of each walk that the node made of its own accord, and what for.</summary>
    public Action<string, Lookup>? OwnWalkEnded { get; set; }

    /// <summary>When <see cref="HandleTimeout"/> has something to do.</summary>
    public TimeSpan NextTimeout
    {
        get
        {
            TimeSpan next = _nextRefresh;
            if (_verifications < MaxVerifications && _newcomers.NextDue < next)
                next = _newcomers.NextDue;
            if (_deadlines.TryPeek(out _, out TimeSpan deadline) && deadline < next)
                next = deadline;
            if (_delayed.TryPeek(out _, out TimeSpan delayed) && delayed < next)
                next = delayed;
            Earlier(ref next, _ipv4);
            Earlier(ref next, _ipv6);
            if (Peers.NextExpiry is { } peers && peers < next)
                next = peers;
            if (Items.NextExpiry is { } items && items < next)
                next = items;
            return next;

            static void Earlier(ref TimeSpan next, KademliaFamily? family)
            {
                if (family is null)
                    return;
                if (!family.IsLookingRound && family.NextSelfLookup < next)
                    next = family.NextSelfLookup;
                if (!family.IsBootstrapping && family.Retry.NextAttempt is { } attempt && attempt < next)
                    next = attempt;
            }
        }
    }

    /// <summary>Does what is due.</summary>
    public void HandleTimeout(TimeSpan now)
    {
        ExpireTransactions(now);
        VerifyNewcomers(now);
        if (now >= _nextRefresh)
            Refresh(now);
        foreach (KademliaFamily family in _families)
        {
            family.ReportSize();
            if (!family.IsBootstrapping && family.Retry.Due(now, family.Table.Count))
                Bootstrap(family, now);
            if (!family.IsLookingRound && now >= family.NextSelfLookup)
                LookRound(family, now);
        }
        Peers.Expire(now);
        Items.Expire(now);
    }

    /// <summary>Names a host that is asked for first contacts, and never inserted itself.</summary>
    public void AddRouter(in PeerEndPoint endPoint, TimeSpan now)
    {
        if (Family(endPoint.IsIPv4) is not { } family || !IsAcceptable(endPoint) || !family.Routers.TryAdd(endPoint, default))
            return;
        family.Table.Evict(endPoint);
        if (family.Table.Count < RoutingTable.K)
            family.Retry.Reset(now);
    }

    /// <summary>Names nodes of an earlier run: asked before any router, inserted when they answer. They are forgotten when the node has joined and looked round.</summary>
    public void Remember(ReadOnlySpan<SnapshotNode> nodes, TimeSpan now)
    {
        foreach (ref readonly SnapshotNode node in nodes)
        {
            if (Family(node.EndPoint.IsIPv4) is not { } family || !IsAcceptable(node.EndPoint) || family.Remembered.Count >= MaxRemembered)
                continue;
            family.Remembered.Add(node);
            family.HasJoined = false;
            family.Retry.Reset(now);
        }
    }

    /// <summary>The nodes worth remembering for the next start: those that have not failed, most recently heard first. In a network of a few nodes the routers
    /// that have answered are among them: they may be the only ones that outlive the others.</summary>
    public SnapshotNode[] Snapshot()
    {
        List<TableEntry> entries = [];
        List<SnapshotNode> routers = [];
        foreach (KademliaFamily family in _families)
        {
            foreach (ref readonly TableEntry entry in family.Table.Entries)
                if (entry.Failures == 0)
                    entries.Add(entry);
            if (family.Table.Count < RoutingTable.K)
                routers.AddRange(family.Routers.Where(static router => router.Value != default).Select(static router => new SnapshotNode(router.Value, router.Key)));
        }
        return [.. entries.OrderByDescending(static entry => entry.LastSeen).Select(static entry => new SnapshotNode(entry.Id, entry.EndPoint)), .. routers];
    }

    /// <summary>The machine's addresses have changed: what others said of ours is void, and first contacts are looked for again.</summary>
    public void NetworkChanged(TimeSpan now)
    {
        foreach (KademliaFamily family in _families)
        {
            family.External.Reset();
            family.LastUnsolicited = TimeSpan.MinValue;
            family.Reachability.Reset();
            family.Retry.Reset(now);
            family.HasBeenNamed = false;
        }
    }

    private void Bootstrap(KademliaFamily family, TimeSpan now)
    {
        family.Retry.OnAttempt(now);
        FindNodeLookup lookup = FindNode(family.Id, family.IsIPv4, now);
        AddRemembered(lookup, family);
        foreach (SnapshotNode node in family.Named)
            lookup.Add(node.Id, node.EndPoint);
        foreach (SnapshotNode node in family.Table.Lost.Nodes)
            lookup.Add(node.Id, node.EndPoint);
        // Whoever names nodes that do not exist must not take the place of those who name others for longer than one attempt.
        family.Named.Clear();
        AddRouters(lookup, family);
        if (lookup.IsEmpty)
        {
            family.Retry.OnResult(false, now);
            return;
        }
        family.IsBootstrapping = true;
        StartOwn("join", lookup, now, finished =>
        {
            family.IsBootstrapping = false;
            family.Retry.OnResult(finished.Answered > 0, finished.FinishedAt!.Value);
            if (finished.Answered == 0)
                return;
            family.HasJoined = true;
            // Not yet: those who join with us are not known to anybody either.
            family.NextSelfLookup = finished.FinishedAt.Value + Jitter(_options.Bootstrap.MinDelay);
        });
    }

    /// <summary>Starts a walk that nobody asked for.</summary>
    private void StartOwn(string purpose, FindNodeLookup walk, TimeSpan now, Action<Lookup> completed)
    {
        walk.Completed = finished =>
        {
            OwnWalkEnded?.Invoke(purpose, finished);
            completed(finished);
        };
        Start(walk, now);
    }

    private void Refresh(TimeSpan now)
    {
        _nextRefresh = now + Jitter(_options.RefreshInterval);
        _walks.Expire(now);
        foreach (KademliaFamily family in _families)
        {
            if (family.Reachability.Check(family.Size.Estimate, family.Table.Count, family.LastReceived, now))
                family.NextSelfLookup = now; // Those who hold us in their tables shall know.
            if (now >= family.NextCall)
                CallOnStrangers(family, now);
            if (family.Table.Lost.TryNext(now, out PeerEndPoint lost))
                Start(new PingQuery(lost, maxAttempts: 1), now);
            if (!family.Table.TryNextRefresh(_options.RefreshAge, now, _random, out int index, out NodeId? target))
                continue;
            ref readonly TableEntry entry = ref family.Table[index];
            family.Table.Asked(entry.Id, now);
            Start(new RefreshQuery(entry.Id, entry.EndPoint, target, this, family), now);
        }
    }

    /// <summary>Somebody asked: does that show that strangers can reach this node? Looked at once a minute at most. Whoever is on this machine is a stranger only where nobody else can come.</summary>
    private void NoteReached(KademliaFamily family, in PeerEndPoint source, TimeSpan now)
    {
        family.Reachability.Asked(source, now);
        if (family.LastUnsolicited < now - ReachedResolution && (source.IsLoopback ? family.IsOnLoopback : _budget is not null && !_budget.HasContacted(source, now)))
            family.LastUnsolicited = now;
    }

    private bool WantsBothFamilies => _ipv4 is not null && _ipv6 is not null && (_ipv4.Table.Count < RoutingTable.K || _ipv6.Table.Count < RoutingTable.K);

    /// <summary>BEP 32: a node of one family may name nodes of the other, which thereby needs no router of its own.</summary>
    private void LearnOtherFamily(KademliaFamily family, in KrpcMessage message, TimeSpan now)
    {
        if (Family(!family.IsIPv4) is not { } other || other.Table.Count >= RoutingTable.K)
            return;
        int left = Math.Min(RoutingTable.K, MaxRemembered - other.Named.Count);
        foreach (CompactNode node in message.NodesOf(other.IsIPv4))
            if (IsAcceptable(node.EndPoint) && left-- > 0)
                other.Named.Add(new SnapshotNode(node.Id, node.EndPoint));
        // The delay may have grown to minutes while there was nobody to ask. Once only: what is named may be a lie.
        if (other.HasBeenNamed || other.Named.Count == 0)
            return;
        other.HasBeenNamed = true;
        if (other.Table.Count == 0 && other.Remembered.Count == 0)
            other.Retry.Reset(now);
    }

    /// <summary>BEP 42: when most of those who answer see us at another address, the id must follow it.</summary>
    private void Vote(KademliaFamily family, in PeerEndPoint external, in PeerEndPoint voter, TimeSpan now)
    {
        if (!family.External.Vote(external, voter, now) || family.External.Current is not { } address || SecureNodeId.IsValid(family.Id, address))
            return;
        family.ChangeId(SecureNodeId.Create(address, _random));
        // The neighbours are others now, and know nothing of us.
        family.NextSelfLookup = now;
    }

    private void LookupFinished(Lookup lookup, TimeSpan now)
    {
        DiscoveryMetrics.CountLookup(lookup.Verb, now - lookup.StartedAt);
        if (Family(lookup.IsIPv4) is not { } family || lookup.Answered < RoutingTable.K || lookup.IsCancelled)
            return;
        NodeId[] nearest = [.. lookup.Nearest().Select(static c => c.Id)];
        if (nearest.Length < RoutingTable.K)
            return;
        family.Size.Observe(lookup.Target, nearest);
        if (lookup is not FindNodeLookup and not SampleLookup)
            _walks.Remember(lookup, ChooseStoreSet(lookup), now);
    }
}
