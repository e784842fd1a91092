using Discovery.Kademlia;

namespace Discovery.Tests.Layers;

/// <summary>Asks one node what it holds itself.</summary>
internal sealed class DirectGetPeers(in PeerEndPoint endPoint, NodeId topic) : DirectQuery(endPoint)
{
    private readonly byte[] _topic = topic.ToArray();

    public List<PeerEndPoint> Peers { get; } = [];

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        query.Method = KrpcMethod.GetPeers;
        query.InfoHash = _topic;
    }

    protected override bool OnAnswer(in KrpcMessage reply, in ReplyContext context)
    {
        foreach (PeerEndPoint peer in reply.PeerValues)
            Peers.Add(peer);
        return true;
    }
}
