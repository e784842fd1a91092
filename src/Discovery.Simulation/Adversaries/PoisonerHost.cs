using Discovery.Simulation.Engine;

namespace Discovery.Simulation.Adversaries;

/// <summary>A node that shows each victim an id of its own, made for one of the victim's buckets.</summary>
internal sealed class PoisonerHost(PeerEndPoint endPoint, int bucket, Conspiracy conspiracy) : AdversaryHost(endPoint, conspiracy)
{
    protected override NodeId Id(in PeerEndPoint to, NodeId? target)
    {
        SimulationRandom random = new(SimulationRandom.Mix(to.LowBits ^ EndPoint.LowBits) + (ulong)EndPoint.Port);
        return Party.VictimAt(to) is { } victim ? victim.RandomAtPrefix(bucket, random) : NodeId.CreateRandom(random);
    }
}
