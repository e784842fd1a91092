namespace Discovery.Kademlia;

/// <content>What can be asked of the network. Each operation is created here with its first nodes, and runs once it is given to <see cref="Start"/>.</content>
internal sealed partial class KademliaNode
{
    private const int MaxOwnPeers = 50;

    private readonly ResponderCache _walks = new();

    public FindNodeLookup FindNode(in NodeId target, bool ipv4, TimeSpan now) => Seeded(new FindNodeLookup(target, ipv4, now));

    /// <summary>A walk that begins with what others have announced to this node itself: in a small network nobody else may hold it.</summary>
    public GetPeersLookup GetPeers(in NodeId infoHash, bool ipv4, TimeSpan now, Action<PeerEndPoint>? found = null)
    {
        GetPeersLookup lookup = Seeded(new GetPeersLookup(infoHash, ipv4, now) { PeerFound = found });
        Span<PeerEndPoint> own = stackalloc PeerEndPoint[MaxOwnPeers];
        foreach (ref readonly PeerEndPoint peer in own[..Peers.Read(infoHash, ipv4, !ipv4, MaxOwnPeers, _random, now, own)])
            lookup.Add(peer, now);
        return lookup;
    }

    /// <summary>A walk that begins with what is stored at this node itself, which was checked when it was stored.</summary>
    public GetItemLookup GetItem(in NodeId target, ReadOnlyMemory<byte> salt, bool ipv4, TimeSpan now)
    {
        GetItemLookup lookup = Seeded(new GetItemLookup(target, salt, ipv4, now));
        if (!Items.TryGet(target, now, out StoredItem stored))
            return lookup;
        if (!stored.IsMutable)
            lookup.Take(new(target, stored.Value.ToArray(), null));
        else if (SignedItem.TryFrom(new PeerId(stored.Key), stored.Salt, stored.Sequence, stored.Value, stored.Signature, out SignedItem? signed))
            lookup.Take(FoundItem.Mutable(signed));
        return lookup;
    }

    public SampleLookup Sample(in NodeId target, bool ipv4, TimeSpan now) => Seeded(new SampleLookup(target, ipv4, now));

    /// <param name="infoHash">The info-hash.</param>
    /// <param name="port">The port that others shall use.</param>
    /// <param name="isPortImplied">Whether each node takes the one that it sees; then <paramref name="port"/> is for those that do not know how, and that of our own socket.</param>
    /// <param name="ipv4">The family.</param>
    /// <param name="now">The time.</param>
    public AnnounceLookup Announce(in NodeId infoHash, ushort port, bool isPortImplied, bool ipv4, TimeSpan now) =>
        SeededOrRemembered(new AnnounceLookup(infoHash, port, isPortImplied, ipv4, now) { ChooseStoreSet = ChooseStoreSet, Seed = Seed }, now);

    public PutItemLookup PutItem(FoundItem item, long? cas, bool ipv4, TimeSpan now) =>
        SeededOrRemembered(new PutItemLookup(item, cas, ipv4, now) { ChooseStoreSet = ChooseStoreSet, Seed = Seed }, now);

    /// <summary>Keeps an announcement of our own as if it had been sent to us, when this node is among those nearest to the info-hash: they are asked by whoever looks
    /// for it, and the other ones may be gone by then, or in a network of one not there at all.</summary>
    public void Hold(in NodeId infoHash, in PeerEndPoint own, TimeSpan now)
    {
        if (_options.IsReadOnly || Family(own.IsIPv4) is not { } family)
            return;
        Span<ushort> nearest = stackalloc ushort[RoutingTable.K];
        int count = family.Table.Closest(infoHash, nearest);
        if (count < nearest.Length || infoHash.CompareDistance(family.Id, family.Table[nearest[^1]].Id) < 0)
            Peers.Add(infoHash, own, own, now);
    }

    private T Seeded<T>(T lookup) where T : Lookup
    {
        Seed(lookup);
        return lookup;
    }

    private T SeededOrRemembered<T>(T lookup, TimeSpan now) where T : StoreLookup
    {
        if (_walks.Recall(lookup.Target, lookup.IsIPv4, now) is { } responders && AreStillNearest(lookup, responders))
            lookup.UseRemembered(responders);
        else
            Seed(lookup);
        return lookup;
    }

    /// <summary>Whether nobody nearer has been met since. In a network that grows others look elsewhere by then.</summary>
    private bool AreStillNearest(Lookup lookup, Responder[] responders)
    {
        if (Family(lookup.IsIPv4) is not { } family)
            return false;
        Span<ushort> nearest = stackalloc ushort[RoutingTable.K];
        foreach (ushort index in nearest[..family.Table.Closest(lookup.Target, nearest)])
        {
            NodeId id = family.Table[index].Id;
            if (lookup.Target.CompareDistance(id, responders[RoutingTable.K - 1].Id) < 0 && !Array.Exists(responders, responder => responder.Id == id))
                return false;
        }
        return true;
    }

    private void Seed(Lookup lookup)
    {
        if (Family(lookup.IsIPv4) is not { } family)
            return;
        Prepare(lookup, family);
        Span<ushort> nearest = stackalloc ushort[2 * RoutingTable.K];
        int count = family.Table.Closest(lookup.Target, nearest);
        foreach (ushort index in nearest[..count])
            lookup.Add(family.Table[index].Id, family.Table[index].EndPoint);
        if (count < RoutingTable.K)
            AddRouters(lookup, family);
    }

    private void Prepare(Lookup lookup, KademliaFamily family)
    {
        lookup.IsAcceptable = IsAcceptable;
        lookup.Own = family.Id;
        lookup.Table = family.Table;
        lookup.Tuning = _options.Tuning;
        lookup.ExpectedReach = family.Size.ExpectedDistanceRatio(RoutingTable.K);
    }

    private static void AddRemembered(Lookup lookup, KademliaFamily family)
    {
        foreach (SnapshotNode node in family.Remembered)
            lookup.Add(node.Id, node.EndPoint);
    }

    private static void AddRouters(Lookup lookup, KademliaFamily family)
    {
        foreach (PeerEndPoint router in family.Routers.Keys)
            lookup.Add(default, router, isIdKnown: false);
    }

    private Responder[] ChooseStoreSet(Lookup lookup) =>
        StoreSet.Choose(lookup, Family(lookup.IsIPv4)?.Size.ExpectedDistanceRatio(RoutingTable.K) ?? 0);
}
