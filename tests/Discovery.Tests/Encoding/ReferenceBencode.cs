using Discovery.Encoding;

namespace Discovery.Tests.Encoding;

/// <summary>A second bencode parser, as plain as can be: recursive, one function a type, for short inputs. Tests compare the library's with it.</summary>
internal static class ReferenceBencode
{
    public static BencodeError Verdict(ReadOnlySpan<byte> data)
    {
        int at = 0;
        BencodeError blemish = BencodeError.None;
        if (!Value(data, ref at, ref blemish))
            return BencodeError.Malformed;
        return at < data.Length ? BencodeError.TrailingBytes : blemish;
    }

    private static bool Value(ReadOnlySpan<byte> data, ref int at, ref BencodeError blemish) => Peek(data, at) switch
    {
        'i' => Integer(data, ref at, ref blemish),
        'l' => List(data, ref at, ref blemish),
        'd' => Dictionary(data, ref at, ref blemish),
        _ => String(data, ref at, ref blemish, out _),
    };

    private static bool Integer(ReadOnlySpan<byte> data, ref int at, ref BencodeError blemish)
    {
        int start = ++at;
        if (Peek(data, at) == '-')
            at++;
        if (!Digits(data, ref at, out bool leadingZero) || Peek(data, at) != 'e')
            return false;
        ReadOnlySpan<byte> text = data[start..at++];
        if (!long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out _))
            Note(ref blemish, BencodeError.IntegerOverflow);
        else if (leadingZero || text.SequenceEqual("-0"u8))
            Note(ref blemish, BencodeError.NotCanonical);
        return true;
    }

    private static bool String(ReadOnlySpan<byte> data, ref int at, ref BencodeError blemish, out Range content)
    {
        content = default;
        int start = at;
        if (!Digits(data, ref at, out bool leadingZero) || Peek(data, at) != ':' || !int.TryParse(data[start..at], out int length) || length > data.Length - at - 1)
            return false;
        content = (at + 1)..(at + 1 + length);
        at += 1 + length;
        if (leadingZero)
            Note(ref blemish, BencodeError.NotCanonical);
        return true;
    }

    private static bool List(ReadOnlySpan<byte> data, ref int at, ref BencodeError blemish)
    {
        at++;
        while (Peek(data, at) != 'e')
        {
            if (!Value(data, ref at, ref blemish))
                return false;
        }
        at++;
        return true;
    }

    private static bool Dictionary(ReadOnlySpan<byte> data, ref int at, ref BencodeError blemish)
    {
        at++;
        Range? last = null;
        while (Peek(data, at) != 'e')
        {
            if (!String(data, ref at, ref blemish, out Range key))
                return false;
            if (last is { } previous && data[previous].SequenceCompareTo(data[key]) >= 0)
                Note(ref blemish, BencodeError.NotCanonical);
            last = key;
            if (!Value(data, ref at, ref blemish))
                return false;
        }
        at++;
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> data, ref int at, out bool leadingZero)
    {
        int start = at;
        while (char.IsAsciiDigit(Peek(data, at)))
            at++;
        leadingZero = at - start > 1 && data[start] == '0';
        return at > start;
    }

    private static char Peek(ReadOnlySpan<byte> data, int at) => at < data.Length ? (char)data[at] : '\0';

    private static void Note(ref BencodeError blemish, BencodeError error)
    {
        if (blemish == BencodeError.None)
            blemish = error;
    }
}
