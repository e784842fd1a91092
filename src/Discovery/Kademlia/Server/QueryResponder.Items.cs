using Discovery.Cryptography;
using Discovery.Encoding;

namespace Discovery.Kademlia;

/// <content>BEP 44.</content>
internal sealed partial class QueryResponder
{
    private int Get(in KrpcMessage query, in PeerEndPoint source, TimeSpan now, Scratch scratch, ref KrpcMessage reply, Span<byte> datagram, out int written)
    {
        written = 0;
        if (!NodeId.TryParse(query.Target, out NodeId target))
            return KrpcError.Protocol;
        AddNodes(query, target, source.IsIPv4, scratch, ref reply);
        AddToken(target, source, now, scratch, ref reply);
        if (Items.TryGet(target, now, out StoredItem item))
        {
            if (item.IsMutable)
                reply.Sequence = item.Sequence;
            // Whoever names the sequence number that he has wants only what is newer.
            if (!item.IsMutable || query.Sequence is not { } known || item.Sequence > known)
            {
                reply.Value = item.Value;
                reply.Key = item.Key;
                reply.Signature = item.Signature;
            }
        }
        written = WriteReply(ref reply, datagram);
        // A value of full size leaves no room within 1024 bytes: the limit then yields, not the value.
        if (written == 0)
            written = reply.Write(datagram);
        return 0;
    }

    private int Put(in KrpcMessage query, in PeerEndPoint source, TimeSpan now)
    {
        if (query.Value.IsEmpty)
            return KrpcError.Protocol;
        if (query.Value.Length > SignedItem.MaxValueSize)
            return KrpcError.ValueTooBig;
        if (query.Salt.Length > SignedItem.MaxSaltSize)
            return KrpcError.SaltTooBig;
        bool mutable = !query.Key.IsEmpty;
        if (mutable && (query.Key.Length != PeerId.Size || query.Signature.Length != Ed25519.SignatureSize || query.Sequence is not >= 0))
            return KrpcError.Protocol;
        NodeId target = mutable ? SignedItem.ComputeTarget(query.Key, query.Salt) : SignedItem.ComputeImmutableTarget(query.Value);
        if (!query.Target.IsEmpty && (!NodeId.TryParse(query.Target, out NodeId claimed) || claimed != target))
            return KrpcError.Protocol;
        // The token is cheap to check, the signature is not.
        if (!_tokens.Check(query.Token, source, target, now) || !Bencode.Validate(query.Value, BencodeStrictness.Canonical, out _))
            return KrpcError.Protocol;
        if (!mutable)
            return Code(Items.PutImmutable(target, query.Value, source, now));
        long sequence = query.Sequence!.Value;
        if (!SignedItem.Verify(query.Key, query.Salt, sequence, query.Value, query.Signature))
            return KrpcError.BadSignature;
        return Code(Items.PutMutable(target, query.Key, query.Salt, sequence, query.Value, query.Signature, query.Cas, source, now));
    }

    private static int Code(ItemStoreOutcome outcome) => outcome switch
    {
        ItemStoreOutcome.CasMismatch => KrpcError.CasMismatch,
        ItemStoreOutcome.SequenceNotNewer => KrpcError.OldSequence,
        ItemStoreOutcome.NoRoom => KrpcError.Server,
        _ => 0,
    };
}
