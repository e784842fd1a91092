using System.Runtime.CompilerServices;

namespace Discovery.Limits;

/// <summary>A bounded map from addresses to a small state, in order of last use: when it is full the least recently used address makes room.</summary>
/// <remarks>Nothing is allocated before the first entry; arrays grow and shrink with the number of entries. All operations are O(1).</remarks>
internal sealed class AddressTable<TState>(int capacity) where TState : struct
{
    private const int None = -1;
    private const int SmallestLength = 16;

    private struct Entry
    {
        public PeerEndPoint Key;
        public int Chain;
        public int Newer;
        public int Older;
        public TState State;
    }

    private Entry[] _entries = [];
    private int[] _buckets = [];
    private int _free = None;
    private int _used;
    private int _newest = None;
    private int _oldest = None;

    public int Count { get; private set; }

    /// <summary>The state of an address, which becomes the most recently used.</summary>
    /// <returns>A null reference when the address is unknown. Valid until the next addition or removal.</returns>
    public ref TState Find(in PeerEndPoint key)
    {
        int index = IndexOf(key);
        if (index == None)
            return ref Unsafe.NullRef<TState>();
        if (index != _newest)
        {
            Unlink(index);
            LinkNewest(index);
        }
        return ref _entries[index].State;
    }

    /// <summary>The state of an address, which does not count as a use of it.</summary>
    /// <returns>A null reference when the address is unknown. Valid until the next addition or removal.</returns>
    public ref readonly TState Peek(in PeerEndPoint key)
    {
        int index = IndexOf(key);
        return ref index == None ? ref Unsafe.NullRef<TState>() : ref _entries[index].State;
    }

    /// <summary>Adds an address that is not there yet, as the most recently used one. Valid until the next addition or removal.</summary>
    public ref TState Add(in PeerEndPoint key)
    {
        if (Count >= capacity)
            RemoveOldest();
        if (_free == None && _used == _entries.Length)
            Resize(Math.Min(capacity, Math.Max(SmallestLength, _entries.Length * 2)));
        int index = _free;
        if (index == None)
            index = _used++;
        else
            _free = _entries[index].Chain;
        ref Entry entry = ref _entries[index];
        ref int bucket = ref Bucket(key);
        entry.Key = key;
        entry.State = default;
        entry.Chain = bucket - 1;
        bucket = index + 1;
        LinkNewest(index);
        Count++;
        return ref entry.State;
    }

    /// <summary>The state of the least recently used address; the table must not be empty.</summary>
    public ref readonly TState Oldest => ref _entries[_oldest].State;

    /// <summary>The states of all addresses, the most recently used one first.</summary>
    public IEnumerable<TState> States
    {
        get
        {
            for (int index = _newest; index != None; index = _entries[index].Older)
                yield return _entries[index].State;
        }
    }

    /// <summary>Forgets the least recently used address; the table must not be empty.</summary>
    public void RemoveOldest()
    {
        int index = _oldest;
        ref Entry entry = ref _entries[index];
        ref int link = ref Bucket(entry.Key);
        if (link == index + 1)
        {
            link = entry.Chain + 1;
        }
        else
        {
            int before = link - 1;
            while (_entries[before].Chain != index)
                before = _entries[before].Chain;
            _entries[before].Chain = entry.Chain;
        }
        Unlink(index);
        entry.Chain = _free;
        _free = index;
        if (--Count < _entries.Length / 8 && _entries.Length > SmallestLength)
            Resize(Math.Max(SmallestLength, _entries.Length / 4));
    }

    private int IndexOf(in PeerEndPoint key)
    {
        if (Count == 0)
            return None;
        int index = Bucket(key) - 1;
        while (index != None && _entries[index].Key != key)
            index = _entries[index].Chain;
        return index;
    }

    /// <summary>Index plus one of the first entry of the key's chain, so that an array of zeros is empty. The length is a power of two.</summary>
    private ref int Bucket(in PeerEndPoint key) => ref _buckets[SeededHash.Of(key) & (_buckets.Length - 1)];

    private void LinkNewest(int index)
    {
        _entries[index].Older = _newest;
        _entries[index].Newer = None;
        if (_newest == None)
            _oldest = index;
        else
            _entries[_newest].Newer = index;
        _newest = index;
    }

    private void Unlink(int index)
    {
        (int newer, int older) = (_entries[index].Newer, _entries[index].Older);
        if (newer == None)
            _newest = older;
        else
            _entries[newer].Older = older;
        if (older == None)
            _oldest = newer;
        else
            _entries[older].Newer = newer;
    }

    private void Resize(int length)
    {
        Entry[] old = _entries;
        int index = _oldest;
        _entries = new Entry[length];
        _buckets = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)];
        (_newest, _oldest, _free, _used) = (None, None, None, 0);
        for (; index != None; index = old[index].Newer)
        {
            ref Entry entry = ref _entries[_used];
            entry = old[index];
            ref int bucket = ref Bucket(entry.Key);
            entry.Chain = bucket - 1;
            bucket = _used + 1;
            LinkNewest(_used++);
        }
    }
}
