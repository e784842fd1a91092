namespace Discovery.Kademlia;

/// <summary>A query of our own network: first a token, unless one is known already, then the question.</summary>
internal abstract class MemberQuery : DirectQuery
{
    // Nothing is proven with it: it only makes the request for a token one that is understood.
    private static readonly byte[] s_nonce = new byte[IdentifyProof.NonceSize];

    private readonly byte[] _network;

    /// <param name="endPoint">Whom to ask.</param>
    /// <param name="network">The network's topic.</param>
    protected MemberQuery(in PeerEndPoint endPoint, in NodeId network) : base(endPoint) => (Network, _network) = (network, network.ToArray());

    /// <summary>The network's topic.</summary>
    public NodeId Network { get; }

    /// <summary>The token of an earlier exchange; from the first answer on that of this one, where one was needed.</summary>
    public byte[]? Token { get; set; }

    /// <summary>Whether <see cref="Token"/> is of this exchange.</summary>
    public bool IsTokenFresh { get; private set; }

    /// <summary>Where the other side says it is among round-trip times; empty when it does not say.</summary>
    public ReadOnlyMemory<byte> Coordinate { get; private set; }

    /// <summary>The network's topic as it goes into a query.</summary>
    protected ReadOnlySpan<byte> NetworkBytes => _network;

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        query.Network = _network;
        query.Token = Token;
        if (Token is null)
        {
            query.Method = KrpcMethod.Identify;
            query.Nonce = s_nonce;
        }
        else
            WriteQuestion(ref query);
    }

    /// <summary>Fills in the method and the arguments beside network and token.</summary>
    protected abstract void WriteQuestion(ref KrpcMessage query);

    /// <summary>Takes an answer to the question.</summary>
    /// <returns>True when it is one.</returns>
    protected abstract bool OnMemberAnswer(in KrpcMessage reply);

    protected override bool OnAnswer(in KrpcMessage reply, in ReplyContext context)
    {
        if (Token is not null)
            return Conclude(reply);
        if (!TryTakeToken(reply))
            Cancel();
        return false;
    }

    /// <summary>Ends the exchange with an answer to the question, or with what is none.</summary>
    protected bool Conclude(in KrpcMessage reply)
    {
        Coordinate = reply.Coordinate.ToArray();
        if (OnMemberAnswer(reply))
            return true;
        Cancel();
        return false;
    }

    // A token of an earlier exchange may be over: PROTOCOL, trap 9.
    protected override bool IsWorthRepeating(int code)
    {
        if (code != KrpcError.Protocol || Token is null || IsTokenFresh)
            return false;
        Token = null;
        return true;
    }

    /// <summary>Takes the token of an answer, once in an exchange.</summary>
    protected bool TryTakeToken(in KrpcMessage reply)
    {
        if (IsTokenFresh || reply.Token.Length is 0 or > KrpcMessage.MaxTokenSize)
            return false;
        Token = reply.Token.ToArray();
        return IsTokenFresh = true;
    }
}
