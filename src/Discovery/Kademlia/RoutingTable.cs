using System.Numerics;

namespace Discovery.Kademlia;

/// <summary>What became of a node that answered.</summary>
internal enum InsertOutcome
{
    /// <summary>It was in the table already and is fresh again.</summary>
    Refreshed,

    /// <summary>It is in the table now.</summary>
    Inserted,

    /// <summary>Its bucket is full of nodes at least as good: it waits in the replacement cache.</summary>
    Cached,

    /// <summary>It is ourselves, or its address or subnet has its share already.</summary>
    Refused,
}

/// <summary>The routing table of one address family: only nodes that have answered us, near ones in full, far ones in part.</summary>
/// <remarks>
/// Bucket i holds the ids that share exactly i leading bits with ours. The first four are large (128, 64, 32, 16 entries), which saves hops (Jimenez et al. 2011);
/// the others hold 8. A full bucket keeps its ids spread: each of the next log2(size) bits' values is a slot, and slots are emptied in favour of empty ones first.
/// </remarks>
internal sealed partial class RoutingTable(NodeId own, RoutingTableLimits limits, KademliaTuning tuning)
{
    public RoutingTable(NodeId own, RoutingTableLimits limits) : this(own, limits, KademliaTuning.Default) { }

    public const int K = 8;

    private const int ReplacementsPerBucket = 8;
    private const byte FailuresBeforeReplacement = 2;
    private const byte FailuresBeforeRemoval = 4;

    private readonly NodeList _nodes = new();
    private readonly NodeList _replacements = new();

    public NodeId Own { get; private set; } = own;

    public int Count => _nodes.Count;

    /// <summary>Those that lost their places because they no longer answered.</summary>
    public LostNodes Lost { get; } = new();

    /// <summary>Those that wait for a place.</summary>
    public ReadOnlySpan<TableEntry> Replacements => _replacements.Entries;

    public ReadOnlySpan<TableEntry> Entries => _nodes.Entries;

    public ref TableEntry this[int index] => ref _nodes[index];

    /// <summary>The number of nodes that bucket <paramref name="bucket"/> may hold.</summary>
    public int Capacity(int bucket) => tuning.HasLargeBuckets && bucket < 4 ? 128 >> bucket : K;

    /// <summary>The indexes of the nearest nodes without a failure, nearest first.</summary>
    public int Closest(in NodeId target, Span<ushort> nearest) => _nodes.Closest(target, nearest);

    /// <summary>A node answered a query of ours with the id that it has always had, or was asked for the first time.</summary>
    public InsertOutcome Answered(in NodeId id, in PeerEndPoint endPoint, TimeSpan rtt, TimeSpan now)
    {
        if (id == Own)
            return InsertOutcome.Refused;
        int index = _nodes.IndexOf(id);
        if (index >= 0)
        {
            // The same id elsewhere is an impostor or has moved: the one that still answers keeps the place.
            if (_nodes[index].EndPoint == endPoint)
            {
                _nodes[index].Answered(rtt, now);
                _nodes.Touch(index, now);
            }
            else if (_nodes[index].Failures < FailuresBeforeReplacement)
                return InsertOutcome.Refused;
            else
                _nodes.RemoveAt(index);
            if (index < _nodes.Count && _nodes[index].Id == id)
                return InsertOutcome.Refreshed;
        }
        Evict(endPoint);
        TableEntry entry = new(id, endPoint) { IsSecure = !tuning.PrefersBoundIds || SecureNodeId.IsValid(id, endPoint) };
        entry.Answered(rtt, now);
        return Insert(entry);
    }

    /// <summary>A node is being asked something.</summary>
    public void Asked(in NodeId id, TimeSpan now)
    {
        int index = _nodes.IndexOf(id);
        if (index >= 0)
            _nodes.Touch(index, now);
    }

    /// <summary>A node did not answer in time.</summary>
    /// <param name="id">The node's id.</param>
    /// <param name="endPoint">Where it was asked.</param>
    /// <param name="sentAt">When it was asked. If it has answered anything since, a datagram was lost and nothing is wrong with it.</param>
    /// <param name="online">Whether anybody else has answered since it was asked; otherwise the fault may be ours and nobody is removed.</param>
    public void Failed(in NodeId id, in PeerEndPoint endPoint, TimeSpan sentAt, bool online)
    {
        int index = _nodes.IndexOf(id);
        if (index < 0)
        {
            index = _replacements.IndexOf(id);
            if (online && index >= 0 && _replacements[index].EndPoint == endPoint)
                _replacements.RemoveAt(index);
            return;
        }
        ref TableEntry entry = ref _nodes[index];
        if (entry.EndPoint != endPoint || !online || entry.LastSeen + TableEntry.TimeResolution > sentAt)
            return;
        if (entry.Failures < byte.MaxValue)
            entry.Failures++;
        int spare = entry.Failures >= FailuresBeforeReplacement ? BestReplacement(index) : -1;
        if (spare >= 0)
        {
            TableEntry replacement = _replacements[spare];
            Lost.Add(entry);
            _replacements.RemoveAt(spare);
            _nodes.RemoveAt(index);
            _nodes.Insert(replacement);
        }
        else if (entry.Failures >= FailuresBeforeRemoval)
        {
            Lost.Add(entry);
            _nodes.RemoveAt(index);
        }
    }

    /// <summary>Whoever bears this end point has changed its id: it must prove itself again.</summary>
    public void Evict(in PeerEndPoint endPoint)
    {
        for (int i = _nodes.Count - 1; i >= 0; i--)
            if (_nodes[i].EndPoint == endPoint)
                _nodes.RemoveAt(i);
        for (int i = _replacements.Count - 1; i >= 0; i--)
            if (_replacements[i].EndPoint == endPoint)
                _replacements.RemoveAt(i);
    }

    /// <summary>Takes another id of our own; the nodes find their new buckets, as far as those have room.</summary>
    public void ChangeOwn(in NodeId own)
    {
        TableEntry[] all = [.. _nodes.Entries, .. _replacements.Entries];
        _nodes.Clear();
        _replacements.Clear();
        Own = own;
        foreach (ref readonly TableEntry entry in all.AsSpan())
            if (entry.Id != own)
                Insert(entry);
    }

    private InsertOutcome Insert(in TableEntry entry)
    {
        int bucket = Bucket(entry.Id);
        if (!IsWithinLimits(entry, bucket))
            return InsertOutcome.Refused;
        (int start, int end) = Range(_nodes, bucket);
        if (end - start >= Capacity(bucket))
        {
            int victim = Victim(entry, bucket, start, end);
            if (victim < 0)
                return Cache(entry, bucket);
            TableEntry evicted = _nodes[victim];
            _nodes.RemoveAt(victim);
            if (evicted.Failures == 0)
                Cache(evicted, bucket);
            else
                Lost.Add(evicted);
        }
        int spare = _replacements.IndexOf(entry.Id);
        if (spare >= 0)
            _replacements.RemoveAt(spare);
        _nodes.Insert(entry);
        return InsertOutcome.Inserted;
    }

    /// <summary>The index of the entry of a full bucket that gives way to <paramref name="newcomer"/>, or -1.</summary>
    private int Victim(in TableEntry newcomer, int bucket, int start, int end)
    {
        int worst = start;
        for (int i = start + 1; i < end; i++)
            if (_nodes[i].Cost > _nodes[worst].Cost)
                worst = i;
        if (_nodes[worst].Failures > newcomer.Failures)
            return worst;

        if (!tuning.ChoosesEntries)
            return -1;

        // The slot is the next log2(size) bits: id order puts the members of a slot side by side.
        int capacity = Capacity(bucket), slotBits = BitOperations.Log2((uint)capacity);
        Span<byte> crowd = stackalloc byte[128];
        crowd = crowd[..capacity];
        crowd.Clear();
        for (int i = start; i < end; i++)
            crowd[Slot(_nodes[i].Id, bucket, slotBits)]++;
        int slot = Slot(newcomer.Id, bucket, slotBits);
        bool emptySlot = crowd[slot] == 0;
        int victim = -1;
        for (int i = start; i < end; i++)
        {
            int of = Slot(_nodes[i].Id, bucket, slotBits);
            if ((emptySlot ? crowd[of] > 1 : of == slot) && (victim < 0 || _nodes[i].Cost > _nodes[victim].Cost))
                victim = i;
        }
        return victim >= 0 && (emptySlot || _nodes[victim].Cost > newcomer.Cost) ? victim : -1;
    }

    private InsertOutcome Cache(in TableEntry entry, int bucket)
    {
        int known = _replacements.IndexOf(entry.Id);
        if (known >= 0)
        {
            _replacements[known] = entry;
            return InsertOutcome.Cached;
        }
        (int start, int end) = Range(_replacements, bucket);
        if (end - start >= ReplacementsPerBucket)
        {
            int oldest = start;
            for (int i = start + 1; i < end; i++)
                if (_replacements[i].LastSeen < _replacements[oldest].LastSeen)
                    oldest = i;
            _replacements.RemoveAt(oldest);
        }
        _replacements.Insert(entry);
        return InsertOutcome.Cached;
    }

    /// <summary>The cheapest replacement that may take the place of the entry at <paramref name="index"/>, or -1.</summary>
    private int BestReplacement(int index)
    {
        int bucket = Bucket(_nodes[index].Id), best = -1;
        (int start, int end) = Range(_replacements, bucket);
        for (int i = start; i < end; i++)
            if ((best < 0 || _replacements[i].Cost < _replacements[best].Cost) && IsWithinLimits(_replacements[i], bucket, except: index))
                best = i;
        return best;
    }

    private bool IsWithinLimits(in TableEntry entry, int bucket, int except = -1) =>
        // Behind one private address may sit a whole test network; a public one is one party (BEP 42's reasoning).
        entry.EndPoint.IsPrivate || IsWithinSubnetLimits(entry, bucket, except) && (entry.IsSecure || HasRoomForUnbound(bucket, except));

    private bool IsWithinSubnetLimits(in TableEntry entry, int bucket, int except)
    {
        if (!tuning.LimitsSubnets)
            return true;
        PeerEndPoint address = entry.EndPoint.AddressKey, subnet = entry.EndPoint.SubnetKey;
        int inTable = 0, inBucket = 0;
        for (int i = 0; i < _nodes.Count; i++)
        {
            ref readonly TableEntry other = ref _nodes[i];
            if (i == except || other.EndPoint.SubnetKey != subnet)
                continue;
            if (other.EndPoint.AddressKey == address)
                return false;
            inTable++;
            if (Bucket(other.Id) == bucket)
                inBucket++;
        }
        return inTable < limits.NodesPerSubnet && inBucket < limits.NodesPerSubnetAndBucket;
    }

    /// <summary>Half of a bucket is open to ids that are not bound to their addresses (BEP 42): with made-up ones a neighbourhood could be filled, and the nodes there would name nobody else.</summary>
    private bool HasRoomForUnbound(int bucket, int except)
    {
        (int start, int end) = Range(_nodes, bucket);
        int unbound = 0;
        for (int i = start; i < end; i++)
            if (i != except && !_nodes[i].IsSecure)
                unbound++;
        return unbound < Capacity(bucket) / 2;
    }

    private int Bucket(in NodeId id) => NodeId.CommonPrefixLength(Own, id);

    internal static int Slot(in NodeId id, int bucket, int bits)
    {
        // Deep buckets are small and their bits seldom looked at: those after the 64th are as good as equal.
        return bits == 0 || bucket + 1 >= 64 ? 0 : (int)(id.High << (bucket + 1) >> (64 - bits));
    }

    /// <summary>The range of a bucket: the ids that share exactly so many bits with ours.</summary>
    private (int Start, int End) Range(NodeList nodes, int bucket)
    {
        (NodeId first, NodeId last) = Own.SiblingRange(bucket);
        int start = nodes.LowerBound(first), end = nodes.LowerBound(last);
        return (start, end < nodes.Count && nodes[end].Id == last ? end + 1 : end);
    }
}
