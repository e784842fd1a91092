namespace Discovery.Kademlia;

/// <summary>Entries in the order of their ids: a bucket is a range of it, and the nodes nearest to a target lie around the target's place.</summary>
internal sealed class NodeList
{
    private const int Growth = 8;

    // The first 64 bits of each id beside the entries: eight to a cache line, and searches touch nothing else.
    private ulong[] _keys = [];
    // When each was last seen or asked, in tenths of a second: which is the stalest is looked up every few seconds.
    private uint[] _touched = [];
    private TableEntry[] _entries = [];

    public int Count { get; private set; }

    public ref TableEntry this[int index] => ref _entries[index];

    public ReadOnlySpan<TableEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>The place of <paramref name="id"/>: the index of the first entry that is not before it.</summary>
    public int LowerBound(in NodeId id)
    {
        int low = KeyLowerBound(id.High);
        while (low < Count && _keys[low] == id.High && _entries[low].Id < id)
            low++;
        return low;
    }

    public int IndexOf(in NodeId id)
    {
        int index = LowerBound(id);
        return index < Count && _entries[index].Id == id ? index : -1;
    }

    /// <summary>Makes room for so many entries in all.</summary>
    public void EnsureCapacity(int capacity)
    {
        if (capacity <= _keys.Length)
            return;
        Array.Resize(ref _keys, capacity);
        Array.Resize(ref _touched, capacity);
        Array.Resize(ref _entries, capacity);
    }

    public void Insert(in TableEntry entry)
    {
        int index = LowerBound(entry.Id);
        if (Count == _keys.Length)
            EnsureCapacity(Count + Growth);
        Array.Copy(_keys, index, _keys, index + 1, Count - index);
        Array.Copy(_touched, index, _touched, index + 1, Count - index);
        Array.Copy(_entries, index, _entries, index + 1, Count - index);
        _keys[index] = entry.Id.High;
        _touched[index] = TableEntry.ToTenths(entry.LastSeen);
        _entries[index] = entry;
        Count++;
    }

    public void RemoveAt(int index)
    {
        Count--;
        Array.Copy(_keys, index + 1, _keys, index, Count - index);
        Array.Copy(_touched, index + 1, _touched, index, Count - index);
        Array.Copy(_entries, index + 1, _entries, index, Count - index);
    }

    public void Clear() => (_keys, _touched, _entries, Count) = ([], [], [], 0);

    /// <summary>The entry was seen or asked.</summary>
    public void Touch(int index, TimeSpan now) => _touched[index] = TableEntry.ToTenths(now);

    /// <summary>When each entry was last seen or asked, in tenths of a second.</summary>
    public ReadOnlySpan<uint> Touched => _touched.AsSpan(0, Count);

    /// <summary>The indexes of the entries nearest to <paramref name="target"/> among those that have not failed, nearest first.</summary>
    /// <remarks>
    /// In id order the prefix shared with the target only shrinks away from the target's place. So the search walks outwards from there, always to the side that
    /// shares more, and ends when it has enough and everything left shares less than the farthest found.
    /// </remarks>
    /// <returns>The number of indexes written.</returns>
    public int Closest(in NodeId target, Span<ushort> nearest)
    {
        Span<ulong> distances = stackalloc ulong[nearest.Length];
        ReadOnlySpan<ulong> keys = _keys.AsSpan(0, Count);
        ulong key = target.High;
        int right = KeyLowerBound(key), left = right - 1, found = 0;
        while (true)
        {
            ulong leftDistance = (uint)left < (uint)keys.Length ? keys[left] ^ key : ulong.MaxValue;
            ulong rightDistance = (uint)right < (uint)keys.Length ? keys[right] ^ key : ulong.MaxValue;
            ulong distance;
            int index;
            if (leftDistance < rightDistance)
                (distance, index) = (leftDistance, left--);
            else if (right < keys.Length)
                (distance, index) = (rightDistance, right++);
            else if (left >= 0)
                (distance, index) = (leftDistance, left--);
            else
                return found;

            if (found == nearest.Length)
            {
                // Both sides share at most as many bits as this one; a shorter shared prefix than that of the farthest found cannot improve on it.
                ulong worst = distances[found - 1];
                if (System.Numerics.BitOperations.LeadingZeroCount(distance) < System.Numerics.BitOperations.LeadingZeroCount(worst))
                    return found;
                if (distance > worst)
                    continue;
            }
            if (_entries[index].Failures != 0)
                continue;
            Place(target, distances, nearest, ref found, distance, index);
        }
    }

    private void Place(in NodeId target, Span<ulong> distances, Span<ushort> nearest, ref int found, ulong distance, int index)
    {
        int place = found;
        while (place > 0 && (distance < distances[place - 1] ||
            distance == distances[place - 1] && target.CompareDistance(_entries[index].Id, _entries[nearest[place - 1]].Id) < 0))
            place--;
        if (place == nearest.Length)
            return;
        if (found < nearest.Length)
            found++;
        for (int i = found - 1; i > place; i--)
            (distances[i], nearest[i]) = (distances[i - 1], nearest[i - 1]);
        (distances[place], nearest[place]) = (distance, (ushort)index);
    }

    /// <summary>Reads where every search begins; the result means nothing.</summary>
    public long Prefetch()
    {
        ulong sum = 0;
        for (int i = 0; i < Count; i += 32)
            sum += _keys[i];
        for (int i = 0; i < Count; i += 64)
            sum += _touched[i];
        return (long)sum;
    }

    private int KeyLowerBound(ulong key)
    {
        // Halving without a branch on the comparison, which no predictor could guess.
        ReadOnlySpan<ulong> keys = _keys.AsSpan(0, Count);
        int start = 0, length = keys.Length;
        while (length > 0)
        {
            int half = length >> 1;
            int next = start + half + 1;
            bool below = keys[start + half] < key;
            start = below ? next : start;
            length = below ? length - half - 1 : half;
        }
        return start;
    }
}
