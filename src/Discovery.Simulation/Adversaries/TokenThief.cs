using Discovery.Kademlia;

namespace Discovery.Simulation.Adversaries;

/// <summary>A host that asks for tokens and then stores with the wrong ones, or old records with the right ones.</summary>
internal sealed class TokenThief(NodeId id, PeerEndPoint endPoint, Conspiracy conspiracy, TokenLoot loot) : AdversaryHost(endPoint, conspiracy)
{
    // What an answer is to is told by the first byte of its transaction: these, or the kind of abuse.
    private const byte Asking = 255;

    private readonly List<NodeId> _asked = [];

    protected override NodeId Id(in PeerEndPoint to, NodeId? target) => id;

    /// <summary>Gets a token.</summary>
    public void AskToken(in PeerEndPoint node, in NodeId target)
    {
        KrpcMessage query = Query([Asking, (byte)(_asked.Count >> 16), (byte)(_asked.Count >> 8), (byte)_asked.Count]);
        _asked.Add(target);
        query.Method = KrpcMethod.Get;
        query.Target = target.ToArray();
        Ask(query, node);
    }

    /// <summary>Announces somebody with a token that was not given for this.</summary>
    public void Announce(in PeerEndPoint node, in NodeId target, byte[] token, TokenAbuseKind kind)
    {
        KrpcMessage query = Query([(byte)kind]);
        query.Method = KrpcMethod.AnnouncePeer;
        query.InfoHash = target.ToArray();
        query.Port = EndPoint.Port;
        query.Token = token;
        Ask(query, node);
    }

    /// <summary>Stores a record.</summary>
    public void Put(in PeerEndPoint node, FoundItem item, byte[] token, TokenAbuseKind kind)
    {
        KrpcMessage query = Query([(byte)kind]);
        query.Method = KrpcMethod.Put;
        query.Target = item.Target.ToArray();
        query.Value = item.Value.Span;
        query.SetSigned(item.Signed!);
        query.Token = token;
        Ask(query, node);
    }

    protected override void OnReply(in KrpcMessage reply, in PeerEndPoint from)
    {
        ReadOnlySpan<byte> transaction = reply.Transaction;
        if (transaction[0] != Asking)
            loot.Count((TokenAbuseKind)transaction[0], accepted: reply.Kind == KrpcKind.Reply);
        else if (!reply.Token.IsEmpty)
            loot.Add(new(this, from, _asked[transaction[1] << 16 | transaction[2] << 8 | transaction[3]], reply.Token.ToArray(), World.Now));
    }

    private KrpcMessage Query(byte[] transaction)
    {
        KrpcMessage query = default;
        query.Kind = KrpcKind.Query;
        query.Transaction = transaction;
        query.Id = id.ToArray();
        return query;
    }
}
