using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation.Services;

/// <summary>The virtual peers of a network: how they come, go, are announced and know of each other. One caller at a time.</summary>
/// <param name="world">Where they live.</param>
/// <param name="network">The name of the network.</param>
/// <param name="time">The time of their records.</param>
/// <param name="keys">What their keys are drawn from, and nothing else is, so that those added late have the same in every run.</param>
internal sealed class VirtualPeers(DhtWorld world, string network, TimeProvider time, Random keys) : IDisposable
{
    /// <summary>How long a peer that has vanished is still named to others: a service samples its peers in this time.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);

    /// <summary>Whoever comes back looks for its old neighbours before it announces itself.</summary>
    private static readonly TimeSpan s_join = TimeSpan.FromSeconds(5);

    /// <summary>As in the global layer: a flood otherwise.</summary>
    private static readonly TimeSpan s_topicSpacing = TimeSpan.FromMilliseconds(250);

    private readonly NodeId _topic = NetworkTopic.ForNetwork(network);
    private readonly Dictionary<PeerId, VirtualPeer> _byId = [];

    /// <summary>All that there ever were, in the order in which they came.</summary>
    public List<VirtualPeer> All { get; } = [];

    public TimeProvider Time => time;

    public VirtualPeer? Find(PeerId id) => _byId.GetValueOrDefault(id);

    /// <summary>Adds peers that have been there for long: they know their neighbours and are announced.</summary>
    /// <returns>Those that were added.</returns>
    public List<VirtualPeer> Add(int count, DiscoveryOptions profile)
    {
        List<VirtualPeer> added = [];
        Span<byte> seed = stackalloc byte[32];
        seed.Clear();
        // Before anything is put up: what they say of themselves may be too much for a record.
        using (PeerIdentity sample = PeerIdentity.FromSeed(seed))
            PeerRecord.Create(sample, _topic, profile, [new(0x01010101, 1)], new SequenceClock().Next(time.GetUtcNow()));
        foreach (KademliaHost host in world.Settle(count, dead: 0))
        {
            keys.NextBytes(seed);
            VirtualMember member = new(this, PeerIdentity.FromSeed(seed), _topic, profile, host.EndPoint);
            host.Node.Member = member;
            VirtualPeer peer = new(host, member, profile);
            added.Add(peer);
            _byId.Add(peer.Id, peer);
        }
        All.AddRange(added);
        Dictionary<NodeId, List<KademliaHost>> holders = [];
        foreach (VirtualPeer peer in added)
            Settle(peer, holders);
        return added;
    }

    public void Kill(VirtualPeer peer)
    {
        if (!peer.IsUp)
            return;
        peer.GoDown(world.Now);
        world.Stop(peer.Host);
    }

    public void Revive(VirtualPeer peer)
    {
        if (peer.IsUp)
            return;
        peer.ComeBack(world.Restart(peer.Host, peer.Saved));
        peer.Host.Node.Member = peer.Member;
        peer.Member.Renew();
        world.Internet.At(world.Now + s_join, () => Announce(peer));
    }

    /// <summary>Whom a member would name: who lives, or has done so a moment ago, the nearest to it first.</summary>
    public IEnumerable<VirtualPeer> NearestTo(VirtualMember member, string capability, string region, int count) => All
        .Where(peer => (peer.IsUp || world.Now - peer.DownSince < s_memory) && peer.Member != member
            && (capability.Length == 0 || peer.Capabilities.Contains(capability)) && (region.Length == 0 || peer.Region == region))
        .OrderBy(peer => world.Internet.Conditions.RoundTrip(member.EndPoint, peer.EndPoint))
        .Take(count);

    public void Dispose()
    {
        foreach (VirtualPeer peer in All)
            peer.Member.Dispose();
    }

    /// <summary>Stores what a peer that has been there for long has announced where it would be, and lets it go on from there.</summary>
    private void Settle(VirtualPeer peer, Dictionary<NodeId, List<KademliaHost>> holders)
    {
        SignedItem record = peer.Member.Record;
        foreach (NodeId topic in Topics(peer))
        {
            if (!holders.TryGetValue(topic, out List<KademliaHost>? nearest))
                holders.Add(topic, nearest = world.Nodes.Closest(topic, RoutingTable.K));
            foreach (KademliaHost holder in nearest)
                holder.Node.Peers.Add(topic, peer.EndPoint, peer.EndPoint, world.Now);
        }
        foreach (KademliaHost holder in world.Nodes.Closest(record.Target, RoutingTable.K))
            holder.Node.Items.PutMutable(record.Target, record.Key.ToArray(), record.Salt.Span, record.Sequence, record.Value.Span, record.Signature.Span, null, peer.EndPoint, world.Now);
        TimeSpan interval = peer.Member.Profile.Timing.AnnounceInterval;
        Repeat(interval * world.Random.NextDouble(), interval, () => Announce(peer));
        TimeSpan halfLife = peer.Member.Profile.Timing.RecordLifetime / 2;
        Repeat(halfLife, halfLife, () => peer.Member.Renew());
    }

    private void Repeat(TimeSpan first, TimeSpan interval, Action action) => world.Internet.At(world.Now + first, () =>
    {
        action();
        Repeat(interval * (0.9 + 0.2 * world.Random.NextDouble()), interval, action);
    });

    private void Announce(VirtualPeer peer)
    {
        if (!peer.IsUp)
            return;
        world.Start(peer.Host, peer.Host.Node.PutItem(FoundItem.Mutable(peer.Member.Record), null, true, world.Now));
        TimeSpan wait = TimeSpan.Zero;
        foreach (NodeId topic in Topics(peer))
        {
            world.Internet.At(world.Now + wait, () =>
            {
                if (peer.IsUp)
                    world.Start(peer.Host, peer.Host.Node.Announce(topic, (ushort)peer.Host.EndPoint.Port, true, true, world.Now));
            });
            wait += s_topicSpacing;
        }
    }

    private IEnumerable<NodeId> Topics(VirtualPeer peer)
    {
        yield return _topic;
        foreach (string capability in peer.Capabilities)
            yield return NetworkTopic.ForCapability(network, capability);
        if (peer.Region is { } region)
            yield return NetworkTopic.ForRegion(network, region);
    }
}
