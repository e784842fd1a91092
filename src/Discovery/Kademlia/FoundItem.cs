using Discovery.Encoding;

namespace Discovery.Kademlia;

/// <summary>A value read from the network (BEP 44) that has been checked: it hashes to its target, or its key does and has signed it.</summary>
/// <param name="Target">Where it is stored.</param>
/// <param name="Value">The bencoded value, 1 to 1000 bytes.</param>
/// <param name="Signed">The signed item when it is mutable; null when it is immutable.</param>
public sealed record FoundItem(NodeId Target, ReadOnlyMemory<byte> Value, SignedItem? Signed)
{
    /// <summary>Whether its owner can replace it.</summary>
    public bool IsMutable => Signed is not null;

    /// <summary>The sequence number of a mutable item; -1 for an immutable one.</summary>
    public long Sequence => Signed?.Sequence ?? -1;

    /// <summary>An immutable item: a value under its own hash.</summary>
    /// <param name="value">One canonical bencoded value of 1 to 995 bytes.</param>
    /// <exception cref="ArgumentException">The value is empty, too long or not canonical bencode.</exception>
    public static FoundItem Immutable(ReadOnlyMemory<byte> value)
    {
        if (value.Length > SignedItem.MaxCreatedValueSize || !Bencode.Validate(value.Span, BencodeStrictness.Canonical, out _))
            throw new ArgumentException($"The value is not one canonical bencoded value of at most {SignedItem.MaxCreatedValueSize} bytes.", nameof(value));
        return new(SignedItem.ComputeImmutableTarget(value.Span), value, null);
    }

    /// <summary>A mutable item.</summary>
    public static FoundItem Mutable(SignedItem signed)
    {
        ArgumentNullException.ThrowIfNull(signed);
        return new(signed.Target, signed.Value, signed);
    }

    /// <summary>Checks an answer to <c>get</c>.</summary>
    /// <returns>Null when it bears no value, or one that does not belong to the target.</returns>
    internal static FoundItem? TryVerify(in NodeId target, ReadOnlySpan<byte> salt, in KrpcMessage reply)
    {
        if (reply.Value.Length is 0 or > SignedItem.MaxValueSize)
            return null;
        if (reply.Key.IsEmpty)
            return SignedItem.ComputeImmutableTarget(reply.Value) == target ? new(target, reply.Value.ToArray(), null) : null;
        return PeerId.TryParse(reply.Key, out PeerId key) && SignedItem.ComputeTarget(reply.Key, salt) == target && reply.Sequence is { } sequence
            && SignedItem.TryFrom(key, salt, sequence, reply.Value, reply.Signature, out SignedItem? signed) && signed.Verify()
            ? new(target, signed.Value, signed)
            : null;
    }
}
