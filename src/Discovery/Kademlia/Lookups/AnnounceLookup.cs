namespace Discovery.Kademlia;

/// <summary>BEP 5 <c>announce_peer</c>: tells the nodes nearest to an info-hash that we can be reached under it.</summary>
/// <param name="infoHash">The info-hash.</param>
/// <param name="port">The port that others shall use.</param>
/// <param name="isPortImplied">Lets each node take the port that it sees (<c>implied_port</c>). Some ignore that: then <paramref name="port"/>, that of our own socket, could be right.</param>
/// <param name="ipv4">The family whose nodes are told.</param>
/// <param name="now">The time.</param>
internal sealed class AnnounceLookup(NodeId infoHash, ushort port, bool isPortImplied, bool ipv4, TimeSpan now) : StoreLookup(infoHash, ipv4, now)
{
    public override string Verb => "announce_peer";

    protected override void WriteWalkQuery(ref KrpcMessage query)
    {
        query.Method = KrpcMethod.GetPeers;
        query.InfoHash = TargetBytes;
    }

    protected override void WriteStoreQuery(ref KrpcMessage query)
    {
        query.Method = KrpcMethod.AnnouncePeer;
        query.InfoHash = TargetBytes;
        query.Port = port;
        query.IsPortImplied = isPortImplied;
    }
}
