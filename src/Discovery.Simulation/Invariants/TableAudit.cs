using System.Runtime.InteropServices;
using Discovery.Kademlia;

namespace Discovery.Simulation.Invariants;

/// <summary>What a routing table may hold.</summary>
internal sealed class TableAudit
{
    private const int ReplacementsPerBucket = 8;

    // Tables are looked at by the thousand: what was needed for one serves for the next.
    private readonly HashSet<NodeId> _ids = [];
    private readonly HashSet<PeerEndPoint> _endPoints = [], _addresses = [];
    private readonly Dictionary<PeerEndPoint, int> _subnets = [];
    private readonly Dictionary<(PeerEndPoint, int), int> _subnetsInBucket = [];
    private readonly int[] _inBucket = new int[NodeId.Bits + 1], _waiting = new int[NodeId.Bits + 1];

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
    public string? Check(NodeId own, PeerEndPoint ownEndPoint, ReadOnlySpan<TableEntry> entries, ReadOnlySpan<TableEntry> replacements, Func<int, int> capacity, RoutingTableLimits? limits, Witness hasAnswered)
    {
        Clear();
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly TableEntry entry = ref entries[i];
            int bucket = NodeId.CommonPrefixLength(own, entry.Id);
            if (i > 0 && entries[i - 1].Id > entry.Id)
                return $"{Name(entry)} is out of order";
            if (CheckEntry(entry, own, ownEndPoint, hasAnswered) is { } wrong)
                return wrong;
            if (++_inBucket[bucket] > capacity(bucket))
                return $"bucket {bucket} holds more than {capacity(bucket)} nodes";
            if (limits is null || entry.EndPoint.IsPrivate)
                continue;
            PeerEndPoint subnet = entry.EndPoint.SubnetKey;
            if (!_addresses.Add(entry.EndPoint.AddressKey))
                return $"{Name(entry)} shares its address with another one";
            int inSubnet = ++CollectionsMarshal.GetValueRefOrAddDefault(_subnets, subnet, out _);
            if (inSubnet > limits.NodesPerSubnet)
                return $"{Name(entry)} is one of more than {limits.NodesPerSubnet} of its subnet";
            if (++CollectionsMarshal.GetValueRefOrAddDefault(_subnetsInBucket, (subnet, bucket), out _) > limits.NodesPerSubnetAndBucket)
                return $"{Name(entry)} is one of more than {limits.NodesPerSubnetAndBucket} of its subnet in bucket {bucket}";
        }
        foreach (ref readonly TableEntry entry in replacements)
        {
            int bucket = NodeId.CommonPrefixLength(own, entry.Id);
            if (CheckEntry(entry, own, ownEndPoint, hasAnswered) is { } wrong)
                return $"{wrong} (it waits for a place)";
            if (++_waiting[bucket] > ReplacementsPerBucket)
                return $"more than {ReplacementsPerBucket} nodes wait for a place in bucket {bucket}";
        }
        return null;
    }

    private void Clear()
    {
        _ids.Clear();
        _endPoints.Clear();
        _addresses.Clear();
        _subnets.Clear();
        _subnetsInBucket.Clear();
        _inBucket.AsSpan().Clear();
        _waiting.AsSpan().Clear();
    }

    private string? CheckEntry(in TableEntry entry, NodeId own, PeerEndPoint ownEndPoint, Witness hasAnswered) =>
        entry.Id == own || entry.EndPoint == ownEndPoint ? $"{Name(entry)} is the owner itself"
        : !_ids.Add(entry.Id) || !_endPoints.Add(entry.EndPoint) ? $"{Name(entry)} is there twice"
        : !hasAnswered(entry) ? $"{Name(entry)} has never answered"
        : null;

    private static string Name(in TableEntry entry) => $"{entry.Id} at {entry.EndPoint}";
}
