using Discovery.Kademlia;
using Discovery.Simulation.Engine;
using Discovery.Simulation.Invariants;

namespace Discovery.Simulation.Dht;

/// <summary>A host that runs the library's own DHT node.</summary>
internal sealed class KademliaHost(KademliaNode node, PeerEndPoint endPoint) : SimulatedHost(endPoint)
{
    public KademliaNode Node => node;

    /// <summary>When it came.</summary>
    public TimeSpan BornAt { get; init; }

    /// <summary>Since when it has had its id.</summary>
    public TimeSpan KnownSince { get; set; }

    /// <summary>When it went.</summary>
    public TimeSpan GoneAt { get; set; } = TimeSpan.MaxValue;

    /// <summary>Looks at what it asks; null for most.</summary>
    public RateAudit? Rate { get; set; }

    /// <summary>What it takes for the time.</summary>
    public HostClock Clock = new();

    public KademliaFamily Family => node.Family(true)!;

    public NodeId Id => Family.Id;

    /// <summary>Called with the former id when the node has taken another one.</summary>
    public Action<KademliaHost, NodeId>? Renamed { get; init; }

    public override TimeSpan NextTimeout => Clock.TrueTime(node.NextTimeout);

    public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply)
    {
        NodeId former = Id;
        int length = node.Receive(datagram, from, Clock.Read(now), reply);
        if (Id != former)
            Renamed?.Invoke(this, former);
        return length;
    }

    public override void HandleTimeout(TimeSpan now) => node.HandleTimeout(Clock.Read(now));

    public override int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint to)
    {
        TimeSpan local = Clock.Read(now);
        int length = node.PollTransmit(datagram, local, out to);
        if (length > 0)
            Rate?.Sent(to, local);
        return length;
    }
}
