using System.Numerics;

namespace Discovery.Kademlia;

/// <content>What the table needs: whom to ask next, and where nodes are missing.</content>
internal sealed partial class RoutingTable
{
    /// <summary>Makes room for so many nodes and replacements in all.</summary>
    public void EnsureCapacity(int nodes, int replacements)
    {
        _nodes.EnsureCapacity(nodes);
        _replacements.EnsureCapacity(replacements);
    }

    /// <summary>Whether a node that we heard from, but never asked, would find a place if it answered.</summary>
    public bool HasRoomFor(in NodeId id)
    {
        if (id == Own || _nodes.IndexOf(id) >= 0)
            return false;
        int bucket = Bucket(id);
        (int start, int end) = Range(_nodes, bucket);
        return end - start < Capacity(bucket);
    }

    /// <summary>A node is said to be unreachable to others. Whoever says so may forge its address: it is asked itself, as soon as anybody is.</summary>
    public void Doubt(in NodeId id, in PeerEndPoint endPoint)
    {
        int index = _nodes.IndexOf(id);
        if (index >= 0 && _nodes[index].EndPoint == endPoint)
            _nodes.Touch(index, TimeSpan.Zero);
    }

    /// <summary>Chooses the node to ask next so that the table stays fresh at the cost of one query now and then: the stalest, deep buckets first among equals.</summary>
    /// <param name="staleness">Nodes seen or asked more recently than this are left alone.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">The source of the target.</param>
    /// <param name="index">The index of the node to ask.</param>
    /// <param name="target">A random id of the node's bucket when that has room for more; null when a ping is enough.</param>
    public bool TryNextRefresh(TimeSpan staleness, TimeSpan now, Random random, out int index, out NodeId? target)
    {
        index = -1;
        target = null;
        ReadOnlySpan<uint> touched = _nodes.Touched;
        uint stalest = Smallest(touched);
        if (touched.IsEmpty || now < staleness || stalest > TableEntry.ToTenths(now - staleness))
            return false;
        int depth = -1;
        for (int i = touched.IndexOf(stalest); i < touched.Length; i++)
            if (touched[i] == stalest && Bucket(_nodes[i].Id) is var bucket && bucket > depth)
                (depth, index) = (bucket, i);
        (int start, int end) = Range(_nodes, depth);
        if (end - start < Capacity(depth))
            target = Own.RandomAtPrefix(depth, random);
        return true;
    }

    private static uint Smallest(ReadOnlySpan<uint> values)
    {
        Vector<uint> smallest = new(uint.MaxValue);
        int vectors = values.Length / Vector<uint>.Count * Vector<uint>.Count;
        for (int i = 0; i < vectors; i += Vector<uint>.Count)
            smallest = Vector.Min(smallest, new Vector<uint>(values[i..]));
        uint least = uint.MaxValue;
        for (int i = 0; i < Vector<uint>.Count; i++)
            least = Math.Min(least, smallest[i]);
        foreach (uint value in values[vectors..])
            least = Math.Min(least, value);
        return least;
    }

    /// <summary>See <see cref="KademliaNode.Prefetch"/>.</summary>
    public long Prefetch() => _nodes.Prefetch();

    /// <summary>Whether a node at this end point is in the table.</summary>
    public bool Contains(in PeerEndPoint endPoint)
    {
        foreach (ref readonly TableEntry entry in _nodes.Entries)
            if (entry.EndPoint == endPoint)
                return true;
        return false;
    }

    /// <summary>The number of nodes in <paramref name="bucket"/> and nearer.</summary>
    public int CountFrom(int bucket)
    {
        int nearer = Count;
        for (int i = 0; nearer > 0 && i < bucket; i++)
        {
            (int start, int end) = Range(_nodes, i);
            nearer -= end - start;
        }
        return nearer;
    }
}
