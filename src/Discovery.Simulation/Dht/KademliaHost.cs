using Discovery.Kademlia;
using Discovery.Simulation.Engine;

namespace Discovery.Simulation.Dht;

/// <summary>A host that runs the library's own DHT node.</summary>
internal sealed class KademliaHost(KademliaNode node, PeerEndPoint endPoint) : SimulatedHost(endPoint)
{
    public KademliaNode Node => node;

    /// <summary>When it came.</summary>
    public TimeSpan BornAt { get; init; }

    public KademliaFamily Family => node.Family(true)!;

    public NodeId Id => Family.Id;

    public override TimeSpan NextTimeout => node.NextTimeout;

    public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply) => node.Receive(datagram, from, now, reply);

    public override void HandleTimeout(TimeSpan now) => node.HandleTimeout(now);

    public override int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint to) => node.PollTransmit(datagram, now, out to);
}
