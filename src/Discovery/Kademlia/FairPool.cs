using System.Runtime.InteropServices;
using Discovery.Limits;

namespace Discovery.Kademlia;

/// <summary>Entries charged to the source that brought them, in order of age, over all and for each source; and who makes room when it gets tight.</summary>
/// <remarks>An entry is known by its slot. Nothing is allocated before the first entry, and everything is released with the last. All operations are O(1).</remarks>
internal sealed class FairPool<T>
{
    public const int None = -1;

    private struct Slot
    {
        public T Value;
        public TimeSpan Stamp;
        public int Weight;
        public int Source;
        public int Older, Newer;
        public int SourceOlder, SourceNewer;
    }

    private struct Source
    {
        public PeerEndPoint Key;
        public int Count;
        public int Weight;
        public int Oldest, Newest;
        public int Next, Previous;
    }

    private Dictionary<PeerEndPoint, int>? _index;
    private Slot[] _slots = [];
    private Source[] _sources = [];
    // Index plus one of the first source with that many entries: how the fullest is found at once.
    private int[] _byCount = [];
    private int _freeSlot = None, _usedSlots;
    private int _freeSource = None, _usedSources;
    private int _fullest;
    private int _newest = None;

    public int Count { get; private set; }

    /// <summary>The sum of the weights.</summary>
    public long Weight { get; private set; }

    /// <summary>The slot of the entry that was added or touched the longest ago.</summary>
    public int Oldest { get; private set; } = None;

    /// <summary>The entry in a slot. Valid until the next addition.</summary>
    public ref T this[int slot] => ref _slots[slot].Value;

    /// <summary>When the entry was added or last touched.</summary>
    public TimeSpan Stamp(int slot) => _slots[slot].Stamp;

    /// <summary>The source that the entry is charged to.</summary>
    public ref readonly PeerEndPoint SourceOf(int slot) => ref _sources[_slots[slot].Source].Key;

    /// <summary>The number of entries charged to a source, and their weight.</summary>
    public (int Count, int Weight) ChargedTo(in PeerEndPoint source) =>
        _index is not null && _index.TryGetValue(source, out int index) ? (_sources[index].Count, _sources[index].Weight) : default;

    /// <summary>The oldest entry charged to a source.</summary>
    public int OldestOf(in PeerEndPoint source) =>
        _index is not null && _index.TryGetValue(source, out int index) ? _sources[index].Oldest : None;

    /// <summary>The entry that makes room for one more of a source: the oldest of the fullest source; but nobody displaces those who hold no more than he does, only his own oldest.</summary>
    public int Victim(in PeerEndPoint newcomer)
    {
        if (Count == 0)
            return None;
        return _fullest > ChargedTo(newcomer).Count ? _sources[_byCount[_fullest] - 1].Oldest : OldestOf(newcomer);
    }

    public int Add(T value, int weight, in PeerEndPoint source, TimeSpan now)
    {
        int slot = _freeSlot;
        if (slot == None)
        {
            if (_usedSlots == _slots.Length)
                Array.Resize(ref _slots, Math.Max(4, _slots.Length * 2));
            slot = _usedSlots++;
        }
        else
        {
            _freeSlot = _slots[slot].Newer;
        }
        _slots[slot].Value = value;
        _slots[slot].Weight = weight;
        _slots[slot].Source = FindOrAddSource(source);
        Count++;
        Weight += weight;
        ref Source owner = ref _sources[_slots[slot].Source];
        owner.Weight += weight;
        Recount(_slots[slot].Source, owner.Count + 1);
        Link(slot, now);
        return slot;
    }

    /// <summary>Makes an entry the newest.</summary>
    public void Touch(int slot, TimeSpan now)
    {
        Unlink(slot);
        Link(slot, now);
        // Among equally full sources the one heard of least recently comes last and pays first.
        Recount(_slots[slot].Source, _sources[_slots[slot].Source].Count);
    }

    public void Remove(int slot)
    {
        Unlink(slot);
        int index = _slots[slot].Source;
        ref Source owner = ref _sources[index];
        owner.Weight -= _slots[slot].Weight;
        Weight -= _slots[slot].Weight;
        Count--;
        Recount(index, owner.Count - 1);
        if (owner.Count == 0)
        {
            _index!.Remove(owner.Key);
            owner.Next = _freeSource;
            _freeSource = index;
        }
        _slots[slot].Value = default!;
        _slots[slot].Newer = _freeSlot;
        _freeSlot = slot;
        if (Count == 0)
        {
            (_index, _slots, _sources, _byCount) = (null, [], [], []);
            (_freeSlot, _usedSlots, _freeSource, _usedSources, _fullest) = (None, 0, None, 0, 0);
        }
    }

    private int FindOrAddSource(in PeerEndPoint key)
    {
        ref int known = ref CollectionsMarshal.GetValueRefOrAddDefault(_index ??= new(SeededHash.EndPoints), key, out bool exists);
        if (exists)
            return known;
        int index = _freeSource;
        if (index == None)
        {
            if (_usedSources == _sources.Length)
                Array.Resize(ref _sources, Math.Max(4, _sources.Length * 2));
            index = _usedSources++;
        }
        else
        {
            _freeSource = _sources[index].Next;
        }
        known = index;
        _sources[index] = new() { Key = key, Oldest = None, Newest = None, Next = None, Previous = None };
        return index;
    }

    /// <summary>Moves a source to the end of the ring of those with that many entries.</summary>
    private void Recount(int index, int count)
    {
        ref Source source = ref _sources[index];
        if (source.Count > 0)
        {
            if (source.Next == index)
            {
                _byCount[source.Count] = 0;
            }
            else
            {
                _sources[source.Previous].Next = source.Next;
                _sources[source.Next].Previous = source.Previous;
                if (_byCount[source.Count] == index + 1)
                    _byCount[source.Count] = source.Next + 1;
            }
        }
        source.Count = count;
        if (count > 0)
        {
            if (count >= _byCount.Length)
                Array.Resize(ref _byCount, Math.Max(4, count * 2));
            int first = _byCount[count] - 1;
            if (first == None)
            {
                _byCount[count] = index + 1;
                (source.Next, source.Previous) = (index, index);
            }
            else
            {
                ref Source head = ref _sources[first];
                (source.Next, source.Previous) = (first, head.Previous);
                _sources[head.Previous].Next = index;
                head.Previous = index;
            }
        }
        _fullest = Math.Max(_fullest, count);
        while (_fullest > 0 && _byCount[_fullest] == 0)
            _fullest--;
    }

    private void Link(int slot, TimeSpan now)
    {
        ref Slot entry = ref _slots[slot];
        ref Source owner = ref _sources[entry.Source];
        entry.Stamp = now;
        (entry.Older, entry.Newer) = (_newest, None);
        (entry.SourceOlder, entry.SourceNewer) = (owner.Newest, None);
        if (_newest == None)
            Oldest = slot;
        else
            _slots[_newest].Newer = slot;
        if (owner.Newest == None)
            owner.Oldest = slot;
        else
            _slots[owner.Newest].SourceNewer = slot;
        owner.Newest = slot;
        _newest = slot;
    }

    private void Unlink(int slot)
    {
        ref Slot entry = ref _slots[slot];
        ref Source owner = ref _sources[entry.Source];
        if (entry.Newer == None)
            _newest = entry.Older;
        else
            _slots[entry.Newer].Older = entry.Older;
        if (entry.Older == None)
            Oldest = entry.Newer;
        else
            _slots[entry.Older].Newer = entry.Newer;
        if (entry.SourceNewer == None)
            owner.Newest = entry.SourceOlder;
        else
            _slots[entry.SourceNewer].SourceOlder = entry.SourceOlder;
        if (entry.SourceOlder == None)
            owner.Oldest = entry.SourceNewer;
        else
            _slots[entry.SourceOlder].SourceNewer = entry.SourceNewer;
    }
}
