using Discovery.Kademlia;
using Discovery.Simulation.Engine;

namespace Discovery.Simulation.Dht;

/// <summary>Owners publish newer and newer versions of their items, and others read them.</summary>
internal sealed class ItemTraffic
{
    private const int Updates = 2, Reads = 5;

    private sealed class Owner(PeerIdentity identity, KademliaHost host)
    {
        public PeerIdentity Identity => identity;
        public NodeId Target { get; } = SignedItem.ComputeTarget(identity.Id.ToArray(), []);
        public KademliaHost Host { get; set; } = host;
        public long Sequence { get; set; }
    }

    private readonly DhtWorld _world;
    private readonly Owner[] _owners;
    private readonly Dictionary<(KademliaHost Host, NodeId Target), long> _held = [];

    public ItemTraffic(DhtWorld world, int items)
    {
        _world = world;
        _owners = [.. Enumerable.Range(0, items).Select(_ =>
        {
            Span<byte> seed = stackalloc byte[PeerId.Size];
            world.Random.NextBytes(seed);
            return new Owner(PeerIdentity.FromSeed(seed), world.RandomNode());
        })];
        world.Gone += host =>
        {
            foreach (Owner owner in _owners)
                _held.Remove((host, owner.Target));
        };
    }

    /// <summary>Told of each operation that begins.</summary>
    public Action<KademliaHost, Operation>? Started { get; set; }

    /// <summary>Told what is wrong with the items.</summary>
    public Action<string>? Wrong { get; set; }

    /// <summary>Publishes the first version of each.</summary>
    public void Publish()
    {
        foreach (Owner owner in _owners)
            Publish(owner);
    }

    /// <summary>Lets newer versions be published and be read at random moments.</summary>
    public void Begin(TimeSpan duration)
    {
        foreach (Owner owner in _owners)
        {
            for (int i = 0; i < Updates; i++)
                _world.Internet.At(_world.Now + duration * _world.Random.NextDouble(), () => Publish(owner));
            for (int i = 0; i < Reads; i++)
                _world.Internet.At(_world.Now + duration * _world.Random.NextDouble(), () => Read(owner));
        }
    }

    /// <summary>Publishes a newer version, unless nobody is there to do it.</summary>
    private void Publish(Owner owner)
    {
        if (!owner.Host.IsUp)
        {
            if (_world.RandomMember() is not { } other)
                return;
            owner.Host = other;
        }
        byte[] value = [.. "8:"u8, .. new byte[8]];
        _world.Random.NextBytes(value.AsSpan(2));
        FoundItem item = FoundItem.Mutable(SignedItem.Create(owner.Identity, [], ++owner.Sequence, value));
        Start(owner.Host, owner.Host.Call(_world.Now, (node, local) => node.PutItem(item, null, true, local)));
    }

    private void Read(Owner owner)
    {
        // What those hold who may be asked: they can only come to hold newer ones until they answer.
        Dictionary<NodeId, (KademliaHost Host, long Sequence)> held = [];
        foreach (KademliaHost holder in _world.Nodes.Closest(owner.Target, 2 * RoutingTable.K))
            if (Held(holder, owner) is { } sequence)
                held[holder.Id] = (holder, sequence);
        if (_world.RandomMember() is not { } host)
            return;
        GetItemLookup read = host.Call(_world.Now, (node, local) => node.GetItem(owner.Target, default, true, local));
        read.Completed = _ => ListenerFailure.Guard(() =>
        {
            foreach (Candidate responder in read.Responders)
                if (held.TryGetValue(responder.Id, out (KademliaHost Host, long Sequence) known) && responder.EndPoint == known.Host.ReachedAt && known.Sequence > (read.Item?.Sequence ?? -1)
                    && Held(known.Host, owner) is not null)
                    Wrong?.Invoke($"{host.EndPoint} has read version {read.Item?.Sequence ?? -1} of {owner.Target}, though {responder.EndPoint} answered, which had {known.Sequence}");
        });
        Start(host, read);
    }

    /// <summary>The version that a node holds; it must never be older than one that it held before.</summary>
    private long? Held(KademliaHost holder, Owner owner)
    {
        if (!holder.IsUp || !holder.Node.Items.TryGet(owner.Target, holder.Clock.Read(_world.Now), out StoredItem item))
        {
            _held.Remove((holder, owner.Target));
            return null;
        }
        if (_held.TryGetValue((holder, owner.Target), out long before) && item.Sequence < before)
            Wrong?.Invoke($"{holder.EndPoint} held version {before} of {owner.Target}, and now holds {item.Sequence}");
        return _held[(holder, owner.Target)] = item.Sequence;
    }

    private void Start(KademliaHost host, Operation operation)
    {
        Started?.Invoke(host, operation);
        _world.Start(host, operation);
    }
}
