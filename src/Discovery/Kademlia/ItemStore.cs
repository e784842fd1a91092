using Discovery.Limits;

namespace Discovery.Kademlia;

/// <summary>The items that others stored here (BEP 44). Targets, sizes and signatures have been checked before.</summary>
internal sealed class ItemStore
{
    private const int None = FairPool<Entry>.None;
    private const int Overhead = 256;
    // The largest item of BEP 44 with its overhead: 1000 + 64 + 32 + 64 + 256.
    private const int SmallestBound = 2048;

    private readonly record struct Entry(NodeId Target, StoredItem Item);

    private readonly ItemStoreLimits _limits;
    private readonly FairPool<Entry> _items = new();
    private Dictionary<NodeId, int>? _slots;

    public ItemStore(ItemStoreLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxItems, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxBytes, SmallestBound, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxItemsPerSource, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxBytesPerSource, SmallestBound, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limits.Lifetime, TimeSpan.Zero, nameof(limits));
        _limits = limits;
    }

    /// <summary>The number of items kept.</summary>
    public int Count => _items.Count;

    /// <summary>The bytes kept, overhead included.</summary>
    public long Bytes => _items.Weight;

    /// <summary>When <see cref="Expire"/> next has something to do; null when the store is empty.</summary>
    public TimeSpan? NextExpiry => _items.Count == 0 ? null : _items.Stamp(_items.Oldest) + _limits.Lifetime;

    /// <summary>Keeps an immutable item, or keeps it longer.</summary>
    public ItemStoreOutcome PutImmutable(in NodeId target, ReadOnlySpan<byte> value, in PeerEndPoint source, TimeSpan now)
    {
        Expire(now);
        if (Find(target) is var slot and not None)
        {
            // The target is the hash of the value: there is no other value.
            _items.Touch(slot, now);
            return ItemStoreOutcome.Refreshed;
        }
        return Insert(target, StoredItem.Immutable(value), source, now);
    }

    /// <summary>Keeps a mutable item unless the one that is there is newer, or is not the one that <paramref name="cas"/> expects.</summary>
    /// <exception cref="ArgumentException">The key or the signature has the wrong length.</exception>
    public ItemStoreOutcome PutMutable(in NodeId target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, long sequence, ReadOnlySpan<byte> value, ReadOnlySpan<byte> signature,
        long? cas, in PeerEndPoint source, TimeSpan now)
    {
        Expire(now);
        int slot = Find(target);
        if (slot == None)
            return Insert(target, StoredItem.Mutable(key, salt, sequence, value, signature), source, now);
        StoredItem stored = _items[slot].Item;
        // In the order of libtorrent, so that both give the same error.
        if (cas is not null && cas != stored.Sequence)
            return ItemStoreOutcome.CasMismatch;
        if (sequence < stored.Sequence)
            return ItemStoreOutcome.SequenceNotNewer;
        if (sequence == stored.Sequence)
        {
            if (!stored.Value.SequenceEqual(value))
                return ItemStoreOutcome.SequenceNotNewer;
            _items.Touch(slot, now);
            return ItemStoreOutcome.Refreshed;
        }
        // The newer item stays charged to whoever brought the first: else a flooder could take over what others stored, and lose it for them.
        return Replace(slot, StoredItem.Mutable(key, salt, sequence, value, signature), now);
    }

    /// <summary>The item under a target, unless it has expired.</summary>
    public bool TryGet(in NodeId target, TimeSpan now, out StoredItem item)
    {
        int slot = Find(target);
        bool found = slot != None && _items.Stamp(slot) + _limits.Lifetime > now;
        item = found ? _items[slot].Item : default;
        return found;
    }

    /// <summary>Drops the items that were not stored again in time.</summary>
    public void Expire(TimeSpan now)
    {
        while (_items.Count > 0 && _items.Stamp(_items.Oldest) + _limits.Lifetime <= now)
            Remove(_items.Oldest);
    }

    private int Find(in NodeId target) => _slots is not null && _slots.TryGetValue(target, out int slot) ? slot : None;

    private ItemStoreOutcome Insert(in NodeId target, in StoredItem item, in PeerEndPoint source, TimeSpan now)
    {
        if (!Fits(item))
            return ItemStoreOutcome.NoRoom;
        InsertFor(SourceKey.Of(source), target, item, now);
        return ItemStoreOutcome.Stored;
    }

    private ItemStoreOutcome Replace(int slot, in StoredItem item, TimeSpan now)
    {
        if (!Fits(item))
            return ItemStoreOutcome.NoRoom;
        (NodeId target, PeerEndPoint owner) = (_items[slot].Target, _items.SourceOf(slot));
        Remove(slot);
        InsertFor(owner, target, item, now);
        return ItemStoreOutcome.Stored;
    }

    private bool Fits(in StoredItem item) => Overhead + item.Length <= Math.Min(_limits.MaxBytes, _limits.MaxBytesPerSource);

    /// <summary>Adds an item that fits, after dropping others until it does: those of its owner while he is above his share, else those of the fullest source.</summary>
    private void InsertFor(in PeerEndPoint owner, in NodeId target, in StoredItem item, TimeSpan now)
    {
        int weight = Overhead + item.Length;
        while (true)
        {
            (int ownCount, int ownWeight) = _items.ChargedTo(owner);
            // Whatever is above a bound is not empty, so there is always a victim.
            if (ownCount >= _limits.MaxItemsPerSource || ownWeight + weight > _limits.MaxBytesPerSource)
                Remove(_items.OldestOf(owner));
            else if (_items.Count >= _limits.MaxItems || _items.Weight + weight > _limits.MaxBytes)
                Remove(_items.Victim(owner));
            else
                break;
        }
        (_slots ??= new(SeededHash.NodeIds)).Add(target, _items.Add(new(target, item), weight, owner, now));
    }

    private void Remove(int slot)
    {
        _slots!.Remove(_items[slot].Target);
        _items.Remove(slot);
        if (_items.Count == 0)
            _slots = null;
    }
}
