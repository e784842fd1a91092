using System.Buffers.Text;

namespace Discovery.Encoding;

/// <summary>Writes bencode (BEP 3) into a span without allocating. What does not fit sets <see cref="Overflowed"/> and is left out; nothing throws.</summary>
/// <remarks>The caller writes keys in ascending order and closes what it opens. Keys are written with <see cref="WriteString"/>.</remarks>
public ref struct BencodeWriter
{
    private readonly Span<byte> _destination;
    private int _length;

    /// <summary>A writer at the beginning of <paramref name="destination"/>.</summary>
    public BencodeWriter(Span<byte> destination) => _destination = destination;

    /// <summary>Whether something did not fit. Once set it stays set, and later writes do nothing, until <see cref="Truncate"/>.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>The number of bytes written.</summary>
    public readonly int Length => _length;

    /// <summary>The bytes written. They mean nothing when <see cref="Overflowed"/> is set.</summary>
    public readonly ReadOnlySpan<byte> Written => _destination[.._length];

    /// <summary>Opens a dictionary.</summary>
    public void BeginDictionary() => WriteByte((byte)'d');

    /// <summary>Opens a list.</summary>
    public void BeginList() => WriteByte((byte)'l');

    /// <summary>Closes the innermost list or dictionary.</summary>
    public void End() => WriteByte((byte)'e');

    /// <summary>Writes an integer.</summary>
    public void WriteInteger(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int count);
        Span<byte> target = Take(count + 2);
        if (target.IsEmpty)
            return;
        target[0] = (byte)'i';
        digits[..count].CopyTo(target[1..]);
        target[^1] = (byte)'e';
    }

    /// <summary>Writes a byte string or a key.</summary>
    public void WriteString(scoped ReadOnlySpan<byte> value)
    {
        Span<byte> room = ReserveString(value.Length);
        if (!Overflowed)
            value.CopyTo(room);
    }

    /// <summary>Writes the head of a byte string of <paramref name="length"/> bytes and gives the room for its bytes, which the caller fills.</summary>
    /// <returns>The room, exactly <paramref name="length"/> bytes; empty when <see cref="Overflowed"/> is set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public Span<byte> ReserveString(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int digits = CountDigits(length);
        Span<byte> target = Take((long)digits + 1 + length);
        if (target.IsEmpty)
            return default;
        Utf8Formatter.TryFormat(length, target, out _);
        target[digits] = (byte)':';
        return target[(digits + 1)..];
    }

    /// <summary>Copies bytes that are bencode already.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bencode)
    {
        Span<byte> room = Take(bencode.Length);
        if (!Overflowed)
            bencode.CopyTo(room);
    }

    /// <summary>Forgets what was written after the first <paramref name="length"/> bytes, and any overflow since.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or greater than <see cref="Length"/>.</exception>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
        Overflowed = false;
    }

    private void WriteByte(byte value)
    {
        Span<byte> target = Take(1);
        if (!target.IsEmpty)
            target[0] = value;
    }

    private Span<byte> Take(long count)
    {
        if (Overflowed || count > _destination.Length - _length)
        {
            Overflowed = true;
            return default;
        }
        Span<byte> target = _destination.Slice(_length, (int)count);
        _length += (int)count;
        return target;
    }

    private static int CountDigits(int value)
    {
        int digits = 1;
        while ((value /= 10) > 0)
            digits++;
        return digits;
    }
}
