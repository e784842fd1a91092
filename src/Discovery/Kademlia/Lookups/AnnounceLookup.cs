namespace Discovery.Kademlia;

/// <summary>BEP 5 <c>announce_peer</c>: tells the nodes nearest to an info-hash that we can be reached under it.</summary>
/// <param name="infoHash">The info-hash.</param>
/// <param name="port">The port that others shall use; 0 lets each node take the one that it sees (<c>implied_port</c>).</param>
/// <param name="ipv4">The family whose nodes are told.</param>
/// <param name="now">The time.</param>
internal sealed class AnnounceLookup(NodeId infoHash, ushort port, bool ipv4, TimeSpan now) : StoreLookup(infoHash, ipv4, now)
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
        // Some nodes ignore implied_port: then the port beside it must be one that could be right.
        query.Port = port == 0 ? FallbackPort : port;
        query.IsPortImplied = port == 0;
    }

    /// <summary>The port sent beside <c>implied_port</c>: that of our own socket.</summary>
    public required ushort FallbackPort { get; init; }
}
