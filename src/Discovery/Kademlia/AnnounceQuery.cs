namespace Discovery.Kademlia;

/// <summary><c>dsc_announce</c>: introduces this peer to another, which will ask it for a proof.</summary>
/// <param name="endPoint">Whom to tell.</param>
/// <param name="network">The network's topic.</param>
/// <param name="record">This peer's record.</param>
internal sealed class AnnounceQuery(in PeerEndPoint endPoint, in NodeId network, SignedItem record) : MemberQuery(endPoint, network)
{
    protected override void WriteQuestion(ref KrpcMessage query)
    {
        query.Method = KrpcMethod.Announce;
        query.SetSigned(record);
        query.Salt = default; // It is the network's topic.
        query.Value = record.Value.Span;
    }

    protected override bool OnMemberAnswer(in KrpcMessage reply) => true;
}
