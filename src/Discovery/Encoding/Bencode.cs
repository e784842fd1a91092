using System.Runtime.CompilerServices;

namespace Discovery.Encoding;

/// <summary>The bencoding of BEP 3: checks over whole values. <see cref="BencodeReader"/> and <see cref="BencodeWriter"/> take them apart and build them.</summary>
public static class Bencode
{
    /// <summary>How deep lists and dictionaries may nest unless told otherwise: 100, as in libtorrent.</summary>
    public const int DefaultMaxDepth = 100;

    /// <summary>The deepest nesting that can be asked for: 2048.</summary>
    public const int MaxDepth = 2048;

    private const int InList = -1, NoKeyYet = -2;

    /// <summary>Whether <paramref name="data"/> is exactly one value that meets <paramref name="strictness"/>. Does not allocate and does not recurse.</summary>
    /// <param name="data">The bytes, of any length and from any source.</param>
    /// <param name="strictness">What is asked beyond the grammar.</param>
    /// <param name="error"><see cref="BencodeError.None"/>, or what is wrong. What breaks the grammar is told before what breaks the canonical form.</param>
    /// <param name="maxDepth">How many lists and dictionaries may be open at once: 0 to 2048.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxDepth"/> is out of range.</exception>
    public static bool Validate(ReadOnlySpan<byte> data, BencodeStrictness strictness, out BencodeError error, int maxDepth = DefaultMaxDepth)
    {
        ThrowUnlessDepth(maxDepth);
        int position = 0;
        error = Scan(data, ref position, maxDepth, out BencodeError blemish);
        if (error == BencodeError.None && position < data.Length)
            error = BencodeError.TrailingBytes;
        if (error == BencodeError.None && strictness == BencodeStrictness.Canonical)
            error = blemish;
        return error == BencodeError.None;
    }

    internal static void ThrowUnlessDepth(int maxDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxDepth, MaxDepth);
    }

    /// <summary>Moves <paramref name="position"/> past one whole value, and notes in <paramref name="blemish"/> the first thing that is not canonical in it.</summary>
    [SkipLocalsInit]
    internal static BencodeError Scan(ReadOnlySpan<byte> data, ref int position, int maxDepth, out BencodeError blemish)
    {
        blemish = BencodeError.None;
        // Of each open container: the start and the length of its latest key, or what it has instead.
        Span<(int Start, int Length)> open = stackalloc (int, int)[maxDepth];
        int depth = 0, at = position;
        bool needKey = false;
        do
        {
            if ((uint)at >= (uint)data.Length)
                return BencodeError.Malformed;
            byte first = data[at];
            if (first == 'e' && depth > 0)
            {
                if (!needKey && open[depth - 1].Start != InList)
                    return BencodeError.Malformed; // a key without a value
                at++;
                depth--;
            }
            else if ((first == 'l' || first == 'd') && !needKey)
            {
                if (depth == maxDepth)
                    return BencodeError.TooDeep;
                open[depth++] = (first == 'l' ? InList : NoKeyYet, 0);
                at++;
                needKey = first == 'd';
                continue;
            }
            else if (first == 'i' && !needKey)
            {
                BencodeError integer = ScanInteger(data, ref at, out _);
                if (integer == BencodeError.Malformed)
                    return integer;
                Note(ref blemish, integer);
            }
            else
            {
                if (!TryScanString(data, ref at, out int start, out bool canonical))
                    return BencodeError.Malformed;
                if (!canonical)
                    Note(ref blemish, BencodeError.NotCanonical);
                if (needKey)
                {
                    ref (int Start, int Length) last = ref open[depth - 1];
                    if (last.Start >= 0 && data.Slice(last.Start, last.Length).SequenceCompareTo(data[start..at]) >= 0)
                        Note(ref blemish, BencodeError.NotCanonical);
                    last = (start, at - start);
                    needKey = false;
                    continue;
                }
            }
            // A value has ended: a dictionary wants its next key.
            needKey = depth > 0 && open[depth - 1].Start != InList;
        }
        while (depth > 0);
        position = at;
        return BencodeError.None;
    }

    /// <summary>Reads <c>4:spam</c>: <paramref name="start"/> is where its bytes begin and <paramref name="position"/> where they end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryScanString(ReadOnlySpan<byte> data, ref int position, out int start, out bool canonical)
    {
        int at = position;
        start = 0;
        canonical = true;
        if ((uint)at >= (uint)data.Length)
            return false;
        uint digit = (uint)data[at++] - '0';
        if (digit > 9)
            return false;
        long length = digit;
        while ((uint)at < (uint)data.Length)
        {
            digit = (uint)data[at++] - '0';
            if (digit <= 9)
            {
                canonical &= length != 0;
                length = length * 10 + digit;
                if (length > data.Length)
                    return false;
                continue;
            }
            if (digit != ':' - '0' || length > data.Length - at)
                return false;
            start = at;
            position = at + (int)length;
            return true;
        }
        return false;
    }

    /// <summary>Reads <c>i-5e</c>. The error is <see cref="BencodeError.Malformed"/> (nothing is read), one that leaves the value readable or skippable, or none.</summary>
    internal static BencodeError ScanInteger(ReadOnlySpan<byte> data, ref int position, out long value)
    {
        value = 0;
        int at = position + 1;
        bool negative = (uint)at < (uint)data.Length && data[at] == '-';
        if (negative)
            at++;
        int first = at, significant = 0;
        ulong magnitude = 0;
        while ((uint)at < (uint)data.Length)
        {
            uint digit = (uint)data[at] - '0';
            if (digit > 9)
                break;
            at++;
            if (significant > 0 || digit != 0)
                significant++;
            // Nineteen digits always fit; what comes after is an overflow already.
            if (significant <= 19)
                magnitude = magnitude * 10 + digit;
        }
        if (at == first || (uint)at >= (uint)data.Length || data[at] != 'e')
            return BencodeError.Malformed;
        position = at + 1;
        if (significant > 19 || magnitude > (negative ? 1UL << 63 : long.MaxValue))
            return BencodeError.IntegerOverflow;
        value = negative ? (long)(0 - magnitude) : (long)magnitude;
        bool canonical = significant == at - first || magnitude == 0 && at - first == 1 && !negative;
        return canonical ? BencodeError.None : BencodeError.NotCanonical;
    }

    private static void Note(ref BencodeError blemish, BencodeError error)
    {
        if (blemish == BencodeError.None)
            blemish = error;
    }
}
