namespace Discovery.Simulation.Dht;

/// <summary>The nodes that are up, in the order of their ids: what only the simulator can know, and judges by.</summary>
internal sealed class Population
{
    private readonly List<KademliaHost> _hosts = [];
    // Under which id each stands here: a host may take another one at any moment, and the order must not break before it is moved.
    private readonly List<NodeId> _ids = [];

    public int Count => _hosts.Count;

    public KademliaHost this[int index] => _hosts[index];

    public void Add(KademliaHost host)
    {
        int place = LowerBound(host.Id);
        _hosts.Insert(place, host);
        _ids.Insert(place, host.Id);
    }

    /// <summary>Takes many at once.</summary>
    public void AddRange(IEnumerable<KademliaHost> hosts)
    {
        _hosts.AddRange(hosts);
        _hosts.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        _ids.Clear();
        _ids.AddRange(_hosts.Select(static host => host.Id));
    }

    /// <summary>Takes a host out, under the id that it had when it was added or last renamed.</summary>
    public bool Remove(KademliaHost host, in NodeId id)
    {
        for (int index = LowerBound(id); index < _hosts.Count && _ids[index] == id; index++)
            if (_hosts[index] == host)
            {
                _hosts.RemoveAt(index);
                _ids.RemoveAt(index);
                return true;
            }
        return false;
    }

    /// <summary>The hosts whose ids lie between two, both included: a range of indexes.</summary>
    private (int Start, int End) Range(in NodeId first, in NodeId last)
    {
        int end = LowerBound(last);
        return (LowerBound(first), end < _ids.Count && _ids[end] == last ? end + 1 : end);
    }

    /// <summary>The hosts nearest to a target among those that qualify, nearest first.</summary>
    public List<KademliaHost> Closest(NodeId target, int count, Func<KademliaHost, bool>? qualifies = null)
    {
        List<KademliaHost> nearest = [];
        // The nearest share the longest prefix: take each farther subtree until there are enough.
        for (int bits = Math.Min(NodeId.Bits, int.Log2(Math.Max(1, Count)) + 8); bits >= 0 && nearest.Count < count; bits = bits > 4 ? bits - 2 : bits - 1)
        {
            (NodeId first, NodeId last) = target.PrefixRange(bits);
            (int start, int end) = Range(first, last);
            if (end - start < count && bits > 0)
                continue;
            nearest.Clear();
            for (int i = start; i < end; i++)
                if (qualifies is null || qualifies(_hosts[i]))
                    nearest.Add(_hosts[i]);
        }
        nearest.Sort((left, right) => target.CompareDistance(left.Id, right.Id));
        if (nearest.Count > count)
            nearest.RemoveRange(count, nearest.Count - count);
        return nearest;
    }

    private int LowerBound(in NodeId id)
    {
        int low = 0, high = _hosts.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ids[middle] < id)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
