namespace Discovery.Kademlia;

/// <content>
/// Looking round, soon after joining and then regularly. A walk to the own id fills the own neighbourhood only: nodes that join at the same time would know nobody beyond it, and
/// the network would fall into parts that never hear of each other.
/// </content>
internal sealed partial class KademliaNode
{
    /// <summary>Where the k-th nearest node would be in a network of 2^35 nodes: if one is farther down, its id was made to measure.</summary>
    private const int MaxDepth = 32;

    private const string LookingRound = "look-round";

    /// <summary>Walks to the own id, then into every farther part of the key space of which fewer than k nodes are known, one part after the other.</summary>
    private void LookRound(KademliaFamily family, TimeSpan now)
    {
        family.NextSelfLookup = now + Jitter(_options.SelfLookupInterval);
        if (family.Table.Count == 0)
            return;
        family.IsLookingRound = true;
        FindNodeLookup walk = FindNode(family.Id, family.IsIPv4, now);
        StartOwn(LookingRound, walk, now, finished => LookFarther(family, bucket: 0, fromRouters: true, finished.FinishedAt!.Value));
    }

    /// <summary>Walks into the next part that is little known. Into one that is not known at all it first walks from the routers: nobody in the table may know better.</summary>
    private void LookFarther(KademliaFamily family, int bucket, bool fromRouters, TimeSpan now)
    {
        for (int depth = Depth(family.Table); bucket < depth; bucket++, fromRouters = true)
        {
            int known = CountIn(family.Table, bucket);
            if (known >= RoutingTable.K)
                continue;
            FindNodeLookup walk = new(family.Id.RandomAtPrefix(bucket, _random), family.IsIPv4, now);
            bool viaRouters = fromRouters && known == 0 && family.Routers.Count > 0;
            if (viaRouters)
            {
                Prepare(walk, family);
                AddRouters(walk, family);
            }
            else
            {
                Seed(walk);
                // When all start again at once, the walk to the own id has met only those who lie near, and they know nobody else either: the others are in the memory of each alone.
                AddRemembered(walk, family);
            }
            StartOwn(LookingRound, walk, now, finished => LookFarther(family, viaRouters ? bucket : bucket + 1, fromRouters: !viaRouters, finished.FinishedAt!.Value));
            return;
        }
        family.IsLookingRound = false;
        if (!family.HasJoined)
            return;
        family.Remembered.Clear();
        family.Remembered.TrimExcess();
    }

    /// <summary>Where not everybody knows everybody, a walk to nowhere in particular shows those on the way that strangers reach them, see <see cref="Reachability"/>: of all that others do, only
    /// walks lead to nodes that have not been met lately, and a quiet network makes no others.</summary>
    private void CallOnStrangers(KademliaFamily family, TimeSpan now)
    {
        bool isDue = family.NextCall != default;
        family.NextCall = now + Jitter(_options.SelfLookupInterval);
        if (isDue && family.Size.Estimate > family.Table.Count)
            StartOwn(LookingRound, FindNode(NodeId.CreateRandom(_random), family.IsIPv4, now), now, static _ => { });
    }

    /// <summary>The bucket of the k-th nearest node, or of the farthest of fewer: those before it should not be short of nodes, those after it may well be.</summary>
    private static int Depth(RoutingTable table)
    {
        Span<ushort> nearest = stackalloc ushort[RoutingTable.K];
        int count = table.Closest(table.Own, nearest);
        return count == 0 ? 0 : Math.Min(MaxDepth, NodeId.CommonPrefixLength(table.Own, table[nearest[count - 1]].Id));
    }

    private static int CountIn(RoutingTable table, int bucket)
    {
        int count = 0;
        foreach (ref readonly TableEntry entry in table.Entries)
            if (NodeId.CommonPrefixLength(table.Own, entry.Id) == bucket)
                count++;
        return count;
    }
}
