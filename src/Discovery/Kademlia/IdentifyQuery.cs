using Discovery.Cryptography;

namespace Discovery.Kademlia;

/// <summary><c>dsc_identify</c>: makes whoever is at an end point prove its key, and show its record. First a token, then the proof.</summary>
internal sealed class IdentifyQuery : DirectQuery
{
    private readonly NodeId _network;
    private readonly byte[] _networkBytes;
    private readonly byte[] _nonce;
    private byte[]? _token;

    /// <param name="endPoint">Whom to ask.</param>
    /// <param name="network">The network's topic.</param>
    /// <param name="nonce">The challenge: 16 bytes that nobody could foresee.</param>
    public IdentifyQuery(in PeerEndPoint endPoint, in NodeId network, byte[] nonce) : base(endPoint) =>
        (_network, _networkBytes, _nonce) = (network, network.ToArray(), nonce);

    /// <summary>The record, whose signature and whose owner's presence are proven; null when they are not.</summary>
    public SignedItem? Record { get; private set; }

    /// <summary>Whether an answer came whose proof or signature was false: a lie, not a failure.</summary>
    public bool IsForged { get; private set; }

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        query.Method = KrpcMethod.Identify;
        query.Network = _networkBytes;
        query.Nonce = _nonce;
        query.Token = _token;
    }

    protected override bool OnAnswer(in KrpcMessage reply, in ReplyContext context)
    {
        if (!reply.Proof.IsEmpty)
        {
            Record = Verify(reply);
            IsForged = Record is null;
        }
        else if (_token is null && reply.Token.Length is > 0 and <= KrpcMessage.MaxTokenSize)
        {
            _token = reply.Token.ToArray();
            return false;
        }
        if (Record is null)
            Cancel();
        return Record is not null;
    }

    private SignedItem? Verify(in KrpcMessage reply)
    {
        Span<byte> message = stackalloc byte[IdentifyProof.MessageSize];
        IdentifyProof.WriteMessage(_network, _nonce, message);
        return PeerId.TryParse(reply.Key, out PeerId key) && reply.Sequence is { } sequence
            && SignedItem.TryFrom(key, _networkBytes, sequence, reply.Value, reply.Signature, out SignedItem? record)
            && Ed25519.Verify(reply.Key, message, reply.Proof) && record.Verify() ? record : null;
    }
}
