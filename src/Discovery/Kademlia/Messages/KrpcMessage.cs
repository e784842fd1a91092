namespace Discovery.Kademlia;

/// <summary>A KRPC datagram (BEP 5, 32, 42, 43, 44, 51 and our own queries): views of the bytes of one received, or what one to be sent shall hold.</summary>
/// <remarks>A field is absent when its span is empty or its number is null. A received field of the wrong type counts as absent; sizes are for the reader to check.</remarks>
internal ref partial struct KrpcMessage
{
    /// <summary>The longest transaction id that is echoed.</summary>
    public const int MaxTransactionSize = 32;

    /// <summary>The longest token that is kept.</summary>
    public const int MaxTokenSize = 64;

    /// <summary>The longest network coordinate that is taken; what a longer one is made of belongs to another protocol.</summary>
    public const int MaxCoordinateSize = 64;

    /// <summary>The most endpoints that a list of peers is read for: no reply of 1024 bytes holds more.</summary>
    private const int MaxValues = 128;

    public KrpcKind Kind;
    public KrpcMethod Method;

    /// <summary>Whether the sender does not answer queries (BEP 43).</summary>
    public bool IsReadOnly;
    public ReadOnlySpan<byte> Transaction, Version;

    /// <summary>The compact end point at which the other side sees the receiver (BEP 42).</summary>
    public ReadOnlySpan<byte> Ip;

    public int? ErrorCode;
    public ReadOnlySpan<byte> ErrorText;

    /// <summary>The sender's node id.</summary>
    public ReadOnlySpan<byte> Id;
    public ReadOnlySpan<byte> Target, InfoHash, Token;

    /// <summary>Concatenated compact nodes of 26 and 38 bytes.</summary>
    public ReadOnlySpan<byte> Nodes, Nodes6;

    /// <summary>Whether <c>nodes</c> and <c>nodes6</c> are there, though they may be empty.</summary>
    public bool HasNodes, HasNodes6;

    /// <summary>A raw bencoded list of compact end points.</summary>
    public ReadOnlySpan<byte> Values;

    /// <summary>BEP 44: the raw bencoded value.</summary>
    public ReadOnlySpan<byte> Value;
    public ReadOnlySpan<byte> Key, Salt, Signature;
    public long? Sequence, Cas;
    public long? Port;
    public bool IsPortImplied;

    /// <summary>BEP 32: which kinds of nodes are wanted. Neither flag when the query does not say.</summary>
    public bool WantsIPv4, WantsIPv6;

    /// <summary>BEP 51: concatenated info-hashes, how many are held, and the seconds until others are sampled.</summary>
    public ReadOnlySpan<byte> Samples;
    public long? Number, Interval;

    /// <summary>Our own queries: the network's topic, a challenge and its answer.</summary>
    public ReadOnlySpan<byte> Network, Nonce, Proof, Capability, Region;

    /// <summary>A raw bencoded list of keys, each followed by a compact end point.</summary>
    public ReadOnlySpan<byte> Peers;
    public long? Count;

    /// <summary>Where the sender is among round-trip times (<c>vc</c>): opaque in here, at most <see cref="MaxCoordinateSize"/> bytes.</summary>
    public ReadOnlySpan<byte> Coordinate;

    /// <summary>The target or the info-hash, whichever there is.</summary>
    public readonly ReadOnlySpan<byte> TargetOrInfoHash => Target.IsEmpty ? InfoHash : Target;

    /// <summary>The nodes of one family.</summary>
    public readonly CompactNodes NodesOf(bool ipv4) => new(ipv4 ? Nodes : Nodes6, ipv4);

    /// <summary>The end points in <see cref="Values"/>; entries that are none are passed over.</summary>
    public readonly CompactEndPoints PeerValues => new(Values, MaxValues);

    /// <summary>Sets key, salt, sequence number and signature of an item to be sent; its value is set apart.</summary>
    public void SetSigned(SignedItem item)
    {
        Key = item.Key.ToArray();
        Salt = item.Salt.Span;
        Sequence = item.Sequence;
        Signature = item.Signature.Span;
    }
}
