using Discovery.Kademlia;

namespace Discovery.Simulation.Dht;

/// <summary>Items that are stored before something happens, and looked for afterwards: by turns an immutable one, and a mutable one in two versions.</summary>
internal sealed class ItemWorkload(DhtWorld world)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Dictionary<NodeId, (FoundItem Newest, FoundItem? Old)> _items = [];

    /// <summary>The newest version of the item under a key; null when it is none of these.</summary>
    public FoundItem? Newest(in NodeId key) => _items.GetValueOrDefault(key).Newest;

    /// <summary>The version before that, if there is one.</summary>
    public FoundItem? OldVersion(in NodeId key) => _items.GetValueOrDefault(key).Old;

    /// <summary>Stores so many items, and lets time pass until that is done.</summary>
    public void Store(int count)
    {
        int running = 0;
        for (int i = 0; i < count; i++)
        {
            KademliaHost host = world.RandomNode();
            (FoundItem? old, FoundItem newest) = Create(mutable: i % 2 == 1);
            _items.Add(newest.Target, (newest, old));
            world.Keys.Add(newest.Target);
            running++;
            if (old is null)
                Put(host, newest, () => running--);
            else
                // Not at once: the host is in the middle of something when it tells that the first is stored.
                Put(host, old, () => world.Internet.At(world.Now, () => Put(host, newest, () => running--)));
        }
        world.Internet.RunUntil(() => running == 0, world.Now + Limit);
    }

    private void Put(KademliaHost host, FoundItem item, Action done)
    {
        PutItemLookup put = host.Call(world.Now, (node, local) => node.PutItem(item, null, true, local));
        put.Completed = _ => done();
        world.Announcements.Note(item.Target, host, world.Options.ItemStore.Lifetime);
        world.Start(host, put);
    }

    private (FoundItem? Old, FoundItem Newest) Create(bool mutable)
    {
        if (!mutable)
            return (null, FoundItem.Immutable(Value()));
        Span<byte> seed = stackalloc byte[PeerId.Size];
        world.Random.NextBytes(seed);
        using PeerIdentity identity = PeerIdentity.FromSeed(seed);
        return (FoundItem.Mutable(SignedItem.Create(identity, [], 1, Value())), FoundItem.Mutable(SignedItem.Create(identity, [], 2, Value())));
    }

    private byte[] Value()
    {
        byte[] value = new byte[3 + 32];
        "32:"u8.CopyTo(value);
        world.Random.NextBytes(value.AsSpan(3));
        return value;
    }
}
