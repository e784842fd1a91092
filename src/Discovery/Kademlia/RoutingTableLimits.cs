namespace Discovery.Kademlia;

/// <summary>How much of a routing table one party may hold. Private and loopback addresses are exempt: behind one may sit a whole test network.</summary>
public sealed record RoutingTableLimits
{
    /// <summary>Nodes of one /24 (IPv6: /64) in the whole table. <value>Default 10. Lower makes poisoning from few networks harder, higher suits small networks.</value></summary>
    public int NodesPerSubnet { get; init; } = 10;

    /// <summary>Nodes of one /24 (IPv6: /64) in one bucket. <value>Default 2.</value></summary>
    public int NodesPerSubnetAndBucket { get; init; } = 2;
}
