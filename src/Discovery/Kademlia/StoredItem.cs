namespace Discovery.Kademlia;

/// <summary>What became of a request to store an item.</summary>
internal enum ItemStoreOutcome
{
    /// <summary>A new item, or a newer one in its place.</summary>
    Stored,

    /// <summary>The same item was there; it is kept for another lifetime.</summary>
    Refreshed,

    /// <summary>The item alone is larger than the bounds allow (error 205).</summary>
    NoRoom,

    /// <summary>The sequence number is lower than the stored one, or equal with another value (error 302).</summary>
    SequenceNotNewer,

    /// <summary>The stored sequence number is not the one that the writer expected (error 301).</summary>
    CasMismatch,
}

/// <summary>An item as it was stored (BEP 44), without a copy: the bytes behind it never change.</summary>
internal readonly struct StoredItem(byte[] bytes, int saltLength, long sequence, bool isMutable)
{
    public const int KeySize = 32;
    public const int SignatureSize = 64;

    /// <summary>Whether the item has a key, a signature and a sequence number.</summary>
    public bool IsMutable => isMutable;

    /// <summary>The sequence number; 0 for an immutable item.</summary>
    public long Sequence => sequence;

    /// <summary>The public key; empty for an immutable item.</summary>
    public ReadOnlySpan<byte> Key => isMutable ? bytes.AsSpan(0, KeySize) : default;

    /// <summary>The signature; empty for an immutable item.</summary>
    public ReadOnlySpan<byte> Signature => isMutable ? bytes.AsSpan(KeySize, SignatureSize) : default;

    /// <summary>The salt, often empty.</summary>
    public ReadOnlySpan<byte> Salt => isMutable ? bytes.AsSpan(KeySize + SignatureSize, saltLength) : default;

    /// <summary>The bencoded value as it was received.</summary>
    public ReadOnlySpan<byte> Value => bytes.AsSpan(isMutable ? KeySize + SignatureSize + saltLength : 0);

    /// <summary>All bytes that are kept.</summary>
    public int Length => bytes.Length;

    public static StoredItem Immutable(ReadOnlySpan<byte> value) => new(value.ToArray(), 0, 0, false);

    public static StoredItem Mutable(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, long sequence, ReadOnlySpan<byte> value, ReadOnlySpan<byte> signature)
    {
        if (key.Length != KeySize || signature.Length != SignatureSize)
            throw new ArgumentException($"A key has {KeySize} bytes and a signature {SignatureSize}.");
        byte[] bytes = new byte[KeySize + SignatureSize + salt.Length + value.Length];
        key.CopyTo(bytes);
        signature.CopyTo(bytes.AsSpan(KeySize));
        salt.CopyTo(bytes.AsSpan(KeySize + SignatureSize));
        value.CopyTo(bytes.AsSpan(KeySize + SignatureSize + salt.Length));
        return new(bytes, salt.Length, sequence, true);
    }
}
