using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Discovery;

/// <summary>A 160-bit identifier in the Kademlia key space: a node id, an info-hash or a target (BEP 5).</summary>
/// <remarks>Ordered as an unsigned big-endian number. The distance of two ids is their XOR, read the same way.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct NodeId : IEquatable<NodeId>, IComparable<NodeId>, ISpanFormattable, ISpanParsable<NodeId>
{
    /// <summary>The number of bytes on the wire: 20.</summary>
    public const int Size = 20;

    /// <summary>The number of bits: 160.</summary>
    public const int Bits = Size * 8;

    private readonly ulong _high;
    private readonly ulong _middle;
    private readonly uint _low;

    /// <summary>Reads an id from exactly 20 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 20 bytes long.</exception>
    public NodeId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A node id has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _middle = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _low = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    internal NodeId(ulong high, ulong middle, uint low) => (_high, _middle, _low) = (high, middle, low);

    /// <summary>The id whose bits are all zero.</summary>
    public static NodeId Zero => default;

    /// <summary>The first 64 bits: enough to order all but contrived ids.</summary>
    internal ulong High => _high;

    /// <summary>The 64 bits that follow <see cref="High"/>.</summary>
    internal ulong Middle => _middle;

    /// <summary>The last 32 bits.</summary>
    internal uint Low => _low;

    /// <summary>The last byte, whose low three bits carry the BEP 42 random number.</summary>
    internal byte LastByte => (byte)_low;

    /// <summary>The XOR distance between two ids.</summary>
    public static NodeId Distance(in NodeId left, in NodeId right) =>
        new(left._high ^ right._high, left._middle ^ right._middle, left._low ^ right._low);

    /// <summary>The number of leading bits that two ids share: 0 to 160.</summary>
    public static int CommonPrefixLength(in NodeId left, in NodeId right)
    {
        ulong high = left._high ^ right._high;
        if (high != 0)
            return BitOperations.LeadingZeroCount(high);
        ulong middle = left._middle ^ right._middle;
        return middle != 0
            ? 64 + BitOperations.LeadingZeroCount(middle)
            : 128 + BitOperations.LeadingZeroCount(left._low ^ right._low);
    }

    /// <summary>Whether <paramref name="left"/> is nearer to this id than <paramref name="right"/>: negative when it is, positive when it is farther, 0 when they are equal.</summary>
    public int CompareDistance(in NodeId left, in NodeId right)
    {
        int high = (left._high ^ _high).CompareTo(right._high ^ _high);
        if (high != 0)
            return high;
        int middle = (left._middle ^ _middle).CompareTo(right._middle ^ _middle);
        return middle != 0 ? middle : (left._low ^ _low).CompareTo(right._low ^ _low);
    }

    /// <summary>The bit at <paramref name="index"/>, counted from the most significant one.</summary>
    internal bool Bit(int index) => index switch
    {
        < 64 => (_high >> (63 - index) & 1) != 0,
        < 128 => (_middle >> (127 - index) & 1) != 0,
        _ => (_low >> (159 - index) & 1) != 0,
    };

    /// <summary>The first and the last of the ids that share exactly <paramref name="prefixLength"/> leading bits with this one: a k-bucket.</summary>
    /// <param name="prefixLength">0 to 159.</param>
    internal (NodeId First, NodeId Last) SiblingRange(int prefixLength)
    {
        NodeId keep = Mask(prefixLength), bit = Distance(keep, Mask(prefixLength + 1)), rest = Mask(prefixLength + 1);
        NodeId first = new(
            _high & keep._high | ~_high & bit._high,
            _middle & keep._middle | ~_middle & bit._middle,
            _low & keep._low | ~_low & bit._low);
        return (first, new(first._high | ~rest._high, first._middle | ~rest._middle, first._low | ~rest._low));
    }

    /// <summary>The first and the last of the ids that share at least <paramref name="prefixLength"/> leading bits with this one.</summary>
    /// <param name="prefixLength">0 to 160.</param>
    internal (NodeId First, NodeId Last) PrefixRange(int prefixLength)
    {
        NodeId keep = Mask(prefixLength);
        return (new(_high & keep._high, _middle & keep._middle, _low & keep._low), new(_high | ~keep._high, _middle | ~keep._middle, _low | ~keep._low));
    }

    /// <summary>An id drawn uniformly from those that share exactly <paramref name="prefixLength"/> (0 to 159) leading bits with this one.</summary>
    internal NodeId RandomAtPrefix(int prefixLength, Random random)
    {
        NodeId noise = CreateRandom(random), rest = Mask(prefixLength + 1);
        NodeId first = SiblingRange(prefixLength).First;
        return new(first._high | noise._high & ~rest._high, first._middle | noise._middle & ~rest._middle, first._low | noise._low & ~rest._low);
    }

    /// <summary>An id drawn uniformly from the whole space.</summary>
    public static NodeId CreateRandom(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[Size];
        random.NextBytes(bytes);
        return new(bytes);
    }

    private static NodeId Mask(int bits) => new(
        bits >= 64 ? ulong.MaxValue : ~(ulong.MaxValue >> bits),
        bits >= 128 ? ulong.MaxValue : bits <= 64 ? 0 : ~(ulong.MaxValue >> (bits - 64)),
        bits >= 160 ? uint.MaxValue : bits <= 128 ? 0 : ~(uint.MaxValue >> (bits - 128)));

    /// <summary>Writes the 20 bytes.</summary>
    /// <returns>False when <paramref name="destination"/> is too short.</returns>
    public bool TryFormat(Span<byte> destination)
    {
        if (destination.Length < Size)
            return false;
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _middle);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _low);
        return true;
    }

    /// <summary>Reads an id when there are exactly 20 bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out NodeId id)
    {
        id = bytes.Length == Size ? new NodeId(bytes) : default;
        return bytes.Length == Size;
    }

    /// <summary>The 20 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        TryFormat(bytes);
        return bytes;
    }

    /// <summary>Reads 40 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is not 40 hexadecimal digits.</exception>
    public static NodeId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out NodeId id) ? id : throw new FormatException($"A node id is {Size * 2} hexadecimal digits.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static NodeId Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>Reads 40 hexadecimal digits; false when the text is anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out NodeId result)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (s.Length == Size * 2 && Convert.FromHexString(s, bytes, out _, out _) == System.Buffers.OperationStatus.Done)
        {
            result = new(bytes);
            return true;
        }
        result = default;
        return false;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out NodeId)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out NodeId result) => TryParse(s.AsSpan(), provider, out result);

    /// <summary>Writes 40 lower-case hexadecimal digits.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        Span<byte> bytes = stackalloc byte[Size];
        TryFormat(bytes);
        return Convert.TryToHexStringLower(bytes, destination, out charsWritten);
    }

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>The id as 40 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(Size * 2, this, static (chars, id) => id.TryFormat(chars, out _));

    /// <inheritdoc/>
    public bool Equals(NodeId other) => _high == other._high && _middle == other._middle && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is NodeId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _middle, _low);

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => default(NodeId).CompareDistance(this, other);

    /// <summary>Whether two ids are the same.</summary>
    public static bool operator ==(NodeId left, NodeId right) => left.Equals(right);

    /// <summary>Whether two ids differ.</summary>
    public static bool operator !=(NodeId left, NodeId right) => !left.Equals(right);

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(NodeId left, NodeId right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(NodeId left, NodeId right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(NodeId left, NodeId right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(NodeId left, NodeId right) => left.CompareTo(right) >= 0;
}
