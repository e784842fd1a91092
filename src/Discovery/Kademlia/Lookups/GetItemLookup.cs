namespace Discovery.Kademlia;

/// <summary>BEP 44 <c>get</c>: the value stored under a target. Every answer is checked against the target, and a mutable one against its signature.</summary>
/// <param name="target">SHA-1 of the encoded value, or of the key and the salt.</param>
/// <param name="salt">The salt of a mutable item, 0 to 64 bytes; answers do not carry it.</param>
/// <param name="ipv4">The family whose nodes are asked.</param>
/// <param name="now">The time.</param>
internal sealed class GetItemLookup(NodeId target, ReadOnlyMemory<byte> salt, bool ipv4, TimeSpan now) : Lookup(target, ipv4, now)
{
    public override string Verb => "get";

    /// <summary>The best item so far; null when none was found.</summary>
    public FoundItem? Item { get; private set; }

    /// <summary>Answers that bore a value which did not belong to the target or was not signed: each a lie.</summary>
    public int Forged { get; private set; }

    /// <summary>Called for each item that is newer than all before it.</summary>
    public Action<FoundItem>? ItemFound { get; set; }

    protected override bool IsThorough => true;

    public override void WriteQuery(Candidate to, ref KrpcMessage query)
    {
        query.Method = KrpcMethod.Get;
        query.Target = TargetBytes;
    }

    protected override void OnAnswer(in KrpcMessage reply, in ReplyContext context)
    {
        if (reply.Value.IsEmpty || IsOld(reply) || IsFinished && Item is { IsMutable: false })
            return;
        if (FoundItem.TryVerify(Target, salt.Span, reply) is not { } item)
        {
            Forged++;
            return;
        }
        Take(item);
    }

    /// <summary>Takes an item that has been checked, from another node or from our own store.</summary>
    public void Take(FoundItem item)
    {
        Item = item;
        ItemFound?.Invoke(item);
        // Nobody can have a better copy of an immutable item.
        if (!item.IsMutable)
            Cancel();
    }

    private bool IsOld(in KrpcMessage reply) => Item is { } best && reply.Sequence is { } sequence && sequence <= best.Sequence;
}
