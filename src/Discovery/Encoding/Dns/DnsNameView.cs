using System.Runtime.CompilerServices;

namespace Discovery.Encoding.Dns;

/// <summary>A name where it stands in a message, checked but neither copied nor expanded. Compares without regard to the case of ASCII letters (RFC 4343).</summary>
internal readonly ref struct DnsNameView
{
    /// <summary>RFC 1035 2.3.4: the longest name, with the length bytes and the root.</summary>
    public const int MaxLength = 255;

    public const int MaxLabelLength = 63;

    /// <summary>A sane writer makes no chain longer than a name has labels. Without a limit many long chains in one message cost quadratic time.</summary>
    private const int MaxPointers = 127;

    private const int PointerBits = 0xC0;

    private readonly ReadOnlySpan<byte> _message;
    private readonly int _offset;
    private readonly bool _isPlain;

    /// <summary>A name that is known to be well-formed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="offset">Where the name begins.</param>
    /// <param name="length">Its length without compression.</param>
    /// <param name="isPlain">Whether it stands there without compression.</param>
    internal DnsNameView(ReadOnlySpan<byte> message, int offset, int length, bool isPlain)
    {
        _message = message;
        _offset = offset;
        Length = length;
        _isPlain = isPlain;
    }

    /// <summary>The length without compression, the root included: 1 to 255.</summary>
    public int Length { get; }

    public bool IsRoot => Length == 1;

    /// <summary>The first label; empty for the root.</summary>
    public ReadOnlySpan<byte> FirstLabel
    {
        get
        {
            Enumerator labels = GetEnumerator();
            return labels.MoveNext() ? labels.Current : default;
        }
    }

    /// <summary>Reads the name at <paramref name="position"/>, which moves past it.</summary>
    /// <remarks>RFC 1035 4.1.4: a pointer names a <i>prior</i> occurrence. So each one must point before everything read so far, which also rules out loops.</remarks>
    public static bool TryRead(ReadOnlySpan<byte> message, scoped ref int position, out DnsNameView name)
    {
        int at = position, end = -1, before = position, length = 0, pointers = 0;
        while ((uint)at < (uint)message.Length)
        {
            int head = message[at];
            if (head == 0)
            {
                name = new(message, position, length + 1, pointers == 0);
                position = end < 0 ? at + 1 : end;
                return true;
            }
            if (head <= MaxLabelLength)
            {
                length += head + 1;
                if (length >= MaxLength)
                    break;
                at += head + 1;
                continue;
            }
            if (head < PointerBits || at + 1 >= message.Length)
                break;
            int target = (head & ~PointerBits) << 8 | message[at + 1];
            if (target >= before || ++pointers > MaxPointers)
                break;
            if (end < 0)
                end = at + 2;
            at = before = target;
        }
        name = default;
        return false;
    }

    public Enumerator GetEnumerator() => new(_message, _offset);

    public bool Equals(scoped in DnsNameView other)
    {
        if (Length != other.Length)
            return false;
        if (_isPlain && other._isPlain)
            return AsciiEquals(_message.Slice(_offset, Length), other._message.Slice(other._offset, Length));
        if (_offset == other._offset && _message == other._message)
            return true;
        Enumerator mine = GetEnumerator(), theirs = other.GetEnumerator();
        while (mine.MoveNext())
            if (!theirs.MoveNext() || !AsciiEquals(mine.Current, theirs.Current))
                return false;
        return !theirs.MoveNext();
    }

    /// <summary>Whether the labels of <paramref name="suffix"/> are the last ones of this name.</summary>
    public bool EndsWith(scoped in DnsNameView suffix)
    {
        int extra = Length - suffix.Length;
        Enumerator labels = GetEnumerator();
        while (extra > 0 && labels.MoveNext())
            extra -= labels.Current.Length + 1;
        if (extra != 0)
            return false;
        Enumerator others = suffix.GetEnumerator();
        while (others.MoveNext())
            if (!labels.MoveNext() || !AsciiEquals(labels.Current, others.Current))
                return false;
        return true;
    }

    /// <summary>Writes the name without compression: <see cref="Length"/> bytes, which <paramref name="destination"/> must hold.</summary>
    public void CopyTo(scoped Span<byte> destination)
    {
        if (_isPlain)
        {
            _message.Slice(_offset, Length).CopyTo(destination);
            return;
        }
        int at = 0;
        foreach (ReadOnlySpan<byte> label in this)
        {
            destination[at++] = (byte)label.Length;
            label.CopyTo(destination[at..]);
            at += label.Length;
        }
        destination[at] = 0;
    }

    /// <summary>A hash that is the same for equal names, and differs from process to process: nobody can aim at one bucket.</summary>
    public int ComputeHash()
    {
        Span<byte> wire = stackalloc byte[MaxLength];
        wire = wire[..Length];
        CopyTo(wire);
        foreach (ref byte value in wire)
            value = Lower(value);
        HashCode hash = default;
        hash.AddBytes(wire);
        return hash.ToHashCode();
    }

    public override string ToString() => DnsNameText.Format(this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static byte Lower(byte value) => (uint)(value - 'A') <= 'Z' - 'A' ? (byte)(value | 0x20) : value;

    /// <summary>Also right for a whole name: a length byte is below every letter.</summary>
    internal static bool AsciiEquals(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right))
            return true;
        if (left.Length != right.Length)
            return false;
        for (int i = 0; i < left.Length; i++)
            if (left[i] != right[i] && Lower(left[i]) != Lower(right[i]))
                return false;
        return true;
    }

    /// <summary>The labels, the root not among them.</summary>
    public ref struct Enumerator(ReadOnlySpan<byte> message, int offset)
    {
        private readonly ReadOnlySpan<byte> _message = message;
        private int _at = offset;

        public ReadOnlySpan<byte> Current { get; private set; }

        public bool MoveNext()
        {
            int head;
            while ((head = _message[_at]) >= PointerBits)
                _at = (head & ~PointerBits) << 8 | _message[_at + 1];
            if (head == 0)
                return false;
            Current = _message.Slice(_at + 1, head);
            _at += head + 1;
            return true;
        }
    }
}
