using Discovery.Encoding;

namespace Discovery.Kademlia;

/// <content>Our own queries.</content>
internal sealed partial class QueryResponder
{
    private const int MaxNeighbors = 20;

    /// <summary>What fits into 1024 bytes beside a coordinate and the longest transaction id.</summary>
    private const int MaxNeighborsIPv6 = 16;

    private static bool IsOf(INetworkMember member, in KrpcMessage query) => NodeId.TryParse(query.Network, out NodeId network) && network == member.Network;

    private int AnswerMember(INetworkMember member, in KrpcMessage query, in PeerEndPoint source, TimeSpan now, Scratch scratch, ref KrpcMessage reply, Span<byte> datagram, out int written)
    {
        written = 0;
        bool authorized = _tokens.Check(query.Token, source, member.Network, now);
        switch (query.Method)
        {
            case KrpcMethod.Identify when query.Nonce.Length != IdentifyProof.NonceSize:
                return KrpcError.Protocol;
            case KrpcMethod.Identify when authorized && member.Record is { } record:
                return Identify(member, record, query, scratch, ref reply, datagram, out written);
            case KrpcMethod.Identify:
                // A token first: a proof and a record are large, and the source address may be forged.
                AddToken(member.Network, source, now, scratch, ref reply);
                written = WriteReply(ref reply, datagram);
                return 0;
            case KrpcMethod.Neighbors when authorized:
                return Neighbors(member, query, source, scratch, ref reply, datagram, out written);
            case KrpcMethod.Announce when authorized:
                int refused = Announce(member, query, source);
                if (refused == 0)
                    written = WriteReply(ref reply, datagram);
                return refused;
            default:
                return KrpcError.Protocol;
        }
    }

    private static int Identify(INetworkMember member, SignedItem record, in KrpcMessage query, Scratch scratch, ref KrpcMessage reply, Span<byte> datagram, out int written)
    {
        Span<byte> message = stackalloc byte[IdentifyProof.MessageSize];
        record.Key.TryFormat(scratch.Key);
        IdentifyProof.WriteMessage(member.Network, query.Nonce, message);
        member.Sign(message, scratch.Proof);
        reply.Key = scratch.Key;
        reply.Sequence = record.Sequence;
        reply.Value = record.Value.Span;
        reply.Signature = record.Signature.Span;
        reply.Proof = scratch.Proof;
        AddCoordinate(member, scratch, ref reply);
        written = reply.Write(datagram);
        return 0;
    }

    private static int Neighbors(INetworkMember member, in KrpcMessage query, in PeerEndPoint source, Scratch scratch, ref KrpcMessage reply, Span<byte> datagram, out int written)
    {
        written = 0;
        if (query.Count is not (>= 1 and <= MaxNeighbors))
            return KrpcError.Protocol;
        (PeerId Id, PeerEndPoint EndPoint)[] neighbors = new (PeerId, PeerEndPoint)[Math.Min(query.Count.Value, source.IsIPv4 ? MaxNeighbors : MaxNeighborsIPv6)];
        int count = member.ReadNeighbors(query.Capability, query.Region, query.Coordinate, source.IsIPv4, neighbors);
        BencodeWriter writer = new(scratch.List);
        writer.BeginList();
        foreach ((PeerId id, PeerEndPoint endPoint) in neighbors.AsSpan(0, count))
        {
            Span<byte> entry = writer.ReserveString(PeerId.Size + endPoint.CompactSize);
            id.TryFormat(entry);
            endPoint.TryFormatCompact(entry[PeerId.Size..], out _);
        }
        writer.End();
        reply.Peers = scratch.List.AsSpan(0, writer.Length);
        AddCoordinate(member, scratch, ref reply);
        written = reply.Write(datagram);
        return 0;
    }

    private static void AddCoordinate(INetworkMember member, Scratch scratch, ref KrpcMessage reply) =>
        reply.Coordinate = scratch.Coordinate.AsSpan(0, member.WriteCoordinate(scratch.Coordinate));

    private static int Announce(INetworkMember member, in KrpcMessage query, in PeerEndPoint source)
    {
        Span<byte> network = stackalloc byte[NodeId.Size];
        member.Network.TryFormat(network);
        if (!PeerId.TryParse(query.Key, out PeerId key) || query.Sequence is not { } sequence
            || !SignedItem.TryFrom(key, network, sequence, query.Value, query.Signature, out SignedItem? record))
            return KrpcError.Protocol;
        return record.Verify() ? member.Accept(record, source) : KrpcError.BadSignature;
    }
}
