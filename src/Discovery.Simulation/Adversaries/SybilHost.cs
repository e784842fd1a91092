namespace Discovery.Simulation.Adversaries;

/// <summary>One of many nodes of one party, with one id for all.</summary>
internal sealed class SybilHost(NodeId id, PeerEndPoint endPoint, Conspiracy conspiracy) : AdversaryHost(endPoint, conspiracy)
{
    public NodeId NodeId => id;

    protected override NodeId Id(in PeerEndPoint to, NodeId? target) => id;
}
