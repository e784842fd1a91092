using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Discovery;

/// <summary>Who a peer is: its Ed25519 public key (RFC 8032), 32 bytes. Written as 52 characters of z-base-32.</summary>
/// <remarks>Any 32 bytes make an id; whether they are a usable key shows when a signature is verified.</remarks>
public readonly record struct PeerId : ISpanFormattable, ISpanParsable<PeerId>
{
    /// <summary>The number of bytes on the wire: 32.</summary>
    public const int Size = 32;

    /// <summary>The number of characters of <see cref="ToString()"/>: 52.</summary>
    public const int TextLength = 52;

    private readonly ulong _part0, _part1, _part2, _part3;

    /// <summary>Reads an id from exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public PeerId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException($"A peer id has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        (_part0, _part1) = (MemoryMarshal.Read<ulong>(bytes), MemoryMarshal.Read<ulong>(bytes[8..]));
        (_part2, _part3) = (MemoryMarshal.Read<ulong>(bytes[16..]), MemoryMarshal.Read<ulong>(bytes[24..]));
    }

    /// <summary>Writes the 32 bytes.</summary>
    /// <returns>False when <paramref name="destination"/> is too short.</returns>
    public bool TryFormat(Span<byte> destination)
    {
        if (destination.Length < Size)
            return false;
        MemoryMarshal.Write(destination, _part0);
        MemoryMarshal.Write(destination[8..], _part1);
        MemoryMarshal.Write(destination[16..], _part2);
        MemoryMarshal.Write(destination[24..], _part3);
        return true;
    }

    /// <summary>Reads an id when there are exactly 32 bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out PeerId id)
    {
        id = bytes.Length == Size ? new PeerId(bytes) : default;
        return bytes.Length == Size;
    }

    /// <summary>The 32 bytes as a new array.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        TryFormat(bytes);
        return bytes;
    }

    /// <summary>Reads 52 characters of z-base-32 or 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static PeerId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) => TryParse(s, provider, out PeerId id)
        ? id
        : throw new FormatException($"A peer id is {TextLength} characters of z-base-32 or {Size * 2} hexadecimal digits.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static PeerId Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>Reads 52 characters of z-base-32 or 64 hexadecimal digits; false when the text is neither.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, out PeerId result) => TryParse(s, null, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out PeerId)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, out PeerId result) => TryParse(s.AsSpan(), null, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out PeerId)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out PeerId result)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bool read = s.Length switch
        {
            TextLength => ZBase32.TryDecode(s, bytes),
            Size * 2 => Convert.FromHexString(s, bytes, out _, out _) == System.Buffers.OperationStatus.Done,
            _ => false,
        };
        result = read ? new(bytes) : default;
        return read;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out PeerId)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PeerId result) => TryParse(s.AsSpan(), provider, out result);

    /// <summary>Writes 52 characters of z-base-32.</summary>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        charsWritten = destination.Length < TextLength ? 0 : TextLength;
        if (charsWritten == 0)
            return false;
        Span<byte> bytes = stackalloc byte[Size];
        TryFormat(bytes);
        ZBase32.Encode(bytes, destination);
        return true;
    }

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <summary>The id as 52 characters of z-base-32.</summary>
    public override string ToString() => string.Create(TextLength, this, static (chars, id) => id.TryFormat(chars, out _));
}
