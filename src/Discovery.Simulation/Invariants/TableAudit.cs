using Discovery.Kademlia;

namespace Discovery.Simulation.Invariants;

/// <summary>What a routing table may hold.</summary>
internal static class TableAudit
{
    private const int ReplacementsPerBucket = 8;

    /// <summary>Whether a node has answered the table's owner, as far as anybody can know, and when last.</summary>
    public delegate bool Witness(in TableEntry entry);

    /// <summary>Looks at a table.</summary>
    /// <param name="own">The owner's id.</param>
    /// <param name="ownEndPoint">Where the owner is.</param>
    /// <param name="entries">The table, in the order of the ids.</param>
    /// <param name="replacements">Those that wait for a place.</param>
    /// <param name="capacity">How many nodes each bucket may hold.</param>
    /// <param name="limits">The limits of subnets; null when that defence is off.</param>
    /// <param name="hasAnswered">Tells whether a node can have answered.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? Check(NodeId own, PeerEndPoint ownEndPoint, ReadOnlySpan<TableEntry> entries, ReadOnlySpan<TableEntry> replacements, Func<int, int> capacity, RoutingTableLimits? limits, Witness hasAnswered)
    {
        HashSet<NodeId> ids = [];
        HashSet<PeerEndPoint> endPoints = [];
        Dictionary<PeerEndPoint, int> subnets = [];
        Dictionary<(PeerEndPoint, int), int> subnetsInBucket = [];
        int[] inBucket = new int[NodeId.Bits + 1], waiting = new int[NodeId.Bits + 1];
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly TableEntry entry = ref entries[i];
            int bucket = NodeId.CommonPrefixLength(own, entry.Id);
            if (i > 0 && entries[i - 1].Id > entry.Id)
                return $"{Name(entry)} is out of order";
            if (CheckEntry(entry, own, ownEndPoint, ids, endPoints, hasAnswered) is { } wrong)
                return wrong;
            if (++inBucket[bucket] > capacity(bucket))
                return $"bucket {bucket} holds more than {capacity(bucket)} nodes";
            if (limits is null || entry.EndPoint.IsPrivate)
                continue;
            PeerEndPoint subnet = entry.EndPoint.SubnetKey;
            if (!endPoints.Add(entry.EndPoint.AddressKey) && entry.EndPoint.AddressKey != entry.EndPoint)
                return $"{Name(entry)} shares its address with another one";
            if ((subnets[subnet] = subnets.GetValueOrDefault(subnet) + 1) > limits.NodesPerSubnet)
                return $"{Name(entry)} is one of more than {limits.NodesPerSubnet} of its subnet";
            if ((subnetsInBucket[(subnet, bucket)] = subnetsInBucket.GetValueOrDefault((subnet, bucket)) + 1) > limits.NodesPerSubnetAndBucket)
                return $"{Name(entry)} is one of more than {limits.NodesPerSubnetAndBucket} of its subnet in bucket {bucket}";
        }
        foreach (ref readonly TableEntry entry in replacements)
        {
            int bucket = NodeId.CommonPrefixLength(own, entry.Id);
            if (CheckEntry(entry, own, ownEndPoint, ids, endPoints, hasAnswered) is { } wrong)
                return $"{wrong} (it waits for a place)";
            if (++waiting[bucket] > ReplacementsPerBucket)
                return $"more than {ReplacementsPerBucket} nodes wait for a place in bucket {bucket}";
        }
        return null;
    }

    private static string? CheckEntry(in TableEntry entry, NodeId own, PeerEndPoint ownEndPoint, HashSet<NodeId> ids, HashSet<PeerEndPoint> endPoints, Witness hasAnswered) =>
        entry.Id == own || entry.EndPoint == ownEndPoint ? $"{Name(entry)} is the owner itself"
        : !ids.Add(entry.Id) || !endPoints.Add(entry.EndPoint) ? $"{Name(entry)} is there twice"
        : !hasAnswered(entry) ? $"{Name(entry)} has never answered"
        : null;

    private static string Name(in TableEntry entry) => $"{entry.Id} at {entry.EndPoint}";
}
