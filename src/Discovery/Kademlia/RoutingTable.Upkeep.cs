namespace Discovery.Kademlia;

/// <content>What the table needs: whom to ask next, and where nodes are missing.</content>
internal sealed partial class RoutingTable
{
    /// <summary>Whether a node that we heard from, but never asked, would find a place if it answered.</summary>
    public bool HasRoomFor(in NodeId id)
    {
        if (id == Own || _nodes.IndexOf(id) >= 0)
            return false;
        int bucket = Bucket(id);
        (int start, int end) = Range(_nodes, bucket);
        return end - start < Capacity(bucket);
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
        TimeSpan stalest = now - staleness;
        int depth = -1;
        for (int i = 0; i < _nodes.Count; i++)
        {
            ref readonly TableEntry entry = ref _nodes[i];
            TimeSpan touched = entry.LastQueried > entry.LastSeen ? entry.LastQueried : entry.LastSeen;
            if (touched > stalest || touched == stalest && Bucket(entry.Id) <= depth)
                continue;
            (stalest, depth, index) = (touched, Bucket(entry.Id), i);
        }
        if (index < 0)
            return false;
        (int start, int end) = Range(_nodes, depth);
        if (end - start < Capacity(depth))
            target = Own.RandomAtPrefix(depth, random);
        return true;
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
