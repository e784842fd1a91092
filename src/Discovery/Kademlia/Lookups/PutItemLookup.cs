namespace Discovery.Kademlia;

/// <summary>BEP 44 <c>put</c>: stores an immutable value or a signed item at the nodes nearest to its target.</summary>
/// <param name="item">What to store: an immutable value, or a mutable item with its key, salt, sequence number and signature.</param>
/// <param name="cas">The sequence number that the nodes must hold now, or they refuse with 301; null for no such condition.</param>
/// <param name="ipv4">The family whose nodes are told.</param>
/// <param name="now">The time.</param>
internal sealed class PutItemLookup(FoundItem item, long? cas, bool ipv4, TimeSpan now) : StoreLookup(item.Target, ipv4, now)
{
    public override string Verb => "put";

    /// <summary>The highest sequence number that a node on the way claimed to hold; -1 when none did. Unverified: it only tells what to ask for.</summary>
    public long HighestSequence { get; private set; } = -1;

    protected override void WriteWalkQuery(ref KrpcMessage query)
    {
        query.Method = KrpcMethod.Get;
        query.Target = TargetBytes;
    }

    protected override void OnAnswer(in KrpcMessage reply, in ReplyContext context)
    {
        if (reply.Sequence is { } sequence && sequence > HighestSequence)
            HighestSequence = sequence;
    }

    protected override void WriteStoreQuery(ref KrpcMessage query)
    {
        query.Method = KrpcMethod.Put;
        query.Target = TargetBytes; // Some nodes require it; BEP 44 does not.
        query.Value = item.Value.Span;
        if (item.Signed is not { } signed)
            return;
        query.SetSigned(signed);
        query.Cas = cas;
    }
}
