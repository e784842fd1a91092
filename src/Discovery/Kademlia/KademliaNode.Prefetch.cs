namespace Discovery.Kademlia;

/// <content>For a driver of many nodes, which are not in the processor's caches when their turn comes.</content>
internal sealed partial class KademliaNode
{
    /// <summary>Reads what lies so many steps (0 to 3) away from the node and is needed for nearly every call; the result means nothing. Whoever calls it for some nodes, one level after the
    /// other, waits for memory once in each level and not once for each node.</summary>
    public long Prefetch(int level) => level switch
    {
        0 => _nextRefresh.Ticks + _verifications,
        1 => _transactions.Count + _deadlines.Count + _delayed.Count + _sends.Count + _newcomers.Count + (_flood?.Count ?? 0) + (_budget?.Count ?? 0) + (Member is null ? 0 : 1)
            + (_ipv4?.LastUnsolicited.Ticks ?? 0) + (_ipv6?.LastUnsolicited.Ticks ?? 0),
        2 => (_deadlines.TryPeek(out uint id, out _) ? id : 0) + (Peers.NextExpiry?.Ticks ?? 0) + (Items.NextExpiry?.Ticks ?? 0)
            + (_ipv4?.Prefetch() ?? 0) + (_ipv6?.Prefetch() ?? 0),
        _ => (_ipv4?.Table.Prefetch() ?? 0) + (_ipv6?.Table.Prefetch() ?? 0),
    };
}
