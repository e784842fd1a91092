using Discovery.Cryptography;

namespace Discovery.Kademlia;

/// <summary><c>dsc_identify</c>: makes whoever is at an end point prove its key, and show its record. First a token, unless one is known, then the proof.</summary>
internal sealed class IdentifyQuery : MemberQuery
{
    private readonly byte[] _nonce;

    /// <param name="endPoint">Whom to ask.</param>
    /// <param name="network">The network's topic.</param>
    /// <param name="nonce">The challenge: 16 bytes that nobody could foresee.</param>
    public IdentifyQuery(in PeerEndPoint endPoint, in NodeId network, byte[] nonce) : base(endPoint, network) => _nonce = nonce;

    /// <summary>The record, whose signature and whose owner's presence are proven; null when they are not.</summary>
    public SignedItem? Record { get; private set; }

    /// <summary>Whether an answer came whose proof or signature was false: a lie, not a failure.</summary>
    public bool IsForged { get; private set; }

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        base.WriteQuery(to, ref query);
        query.Nonce = _nonce;
    }

    protected override void WriteQuestion(ref KrpcMessage query) => query.Method = KrpcMethod.Identify;

    protected override bool OnAnswer(in KrpcMessage reply, in ReplyContext context) =>
        (!reply.Proof.IsEmpty || !TryTakeToken(reply)) && Conclude(reply);

    protected override bool OnMemberAnswer(in KrpcMessage reply)
    {
        if (reply.Proof.IsEmpty)
            return false;
        Record = Verify(reply);
        IsForged = Record is null;
        return Record is not null;
    }

    private SignedItem? Verify(in KrpcMessage reply)
    {
        Span<byte> message = stackalloc byte[IdentifyProof.MessageSize];
        IdentifyProof.WriteMessage(Network, _nonce, message);
        return PeerId.TryParse(reply.Key, out PeerId key) && reply.Sequence is { } sequence
            && SignedItem.TryFrom(key, NetworkBytes, sequence, reply.Value, reply.Signature, out SignedItem? record)
            && Ed25519.Verify(reply.Key, message, reply.Proof) && record.Verify() ? record : null;
    }
}
