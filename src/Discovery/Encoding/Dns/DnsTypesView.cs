namespace Discovery.Encoding.Dns;

/// <summary>The type bitmap of an NSEC record (RFC 4034 4.1.2): which types the name has.</summary>
internal readonly ref struct DnsTypesView
{
    private const int MaxWindowLength = 32;
    private const int MaxJumps = 127;

    private readonly ReadOnlySpan<byte> _bitmap;

    private DnsTypesView(ReadOnlySpan<byte> bitmap) => _bitmap = bitmap;

    public bool Contains(DnsType type)
    {
        ReadOnlySpan<byte> rest = _bitmap;
        int window = (int)type >> 8, index = (int)type >> 3 & 0x1F;
        while (!rest.IsEmpty)
        {
            int length = rest[1];
            if (rest[0] == window)
                return index < length && (rest[2 + index] & 0x80 >> ((int)type & 7)) != 0;
            rest = rest[(2 + length)..];
        }
        return false;
    }

    /// <summary>Whether a bitmap in the mDNS form names the same types.</summary>
    public bool HasSameTypes(ReadOnlySpan<byte> bitmap) =>
        IsShortForm && _bitmap[Math.Min(2, _bitmap.Length)..].TrimEnd((byte)0).SequenceEqual(bitmap[Math.Min(2, bitmap.Length)..].TrimEnd((byte)0));

    /// <summary>RFC 6762 6.1: at most one window, the first.</summary>
    private bool IsShortForm => _bitmap.IsEmpty || (_bitmap[0] == 0 && _bitmap.Length == 2 + _bitmap[1]);

    /// <summary>The record in its mDNS form: the next name is the name itself. Null when types above 255 are in it.</summary>
    public DnsRecord? ToRecord(DnsName name)
    {
        if (!IsShortForm)
            return null;
        List<DnsType> types = [];
        for (int type = 0; type < 256; type++)
            if (Contains((DnsType)type))
                types.Add((DnsType)type);
        return DnsRecord.Types(name, [.. types]);
    }

    /// <summary>Reads the data of an NSEC record.</summary>
    /// <param name="upToEnd">The message up to the end of the data.</param>
    /// <param name="message">The message.</param>
    /// <param name="position">Where the data begins.</param>
    /// <param name="types">What is read.</param>
    internal static bool TryRead(ReadOnlySpan<byte> upToEnd, ReadOnlySpan<byte> message, int position, out DnsTypesView types)
    {
        types = default;
        if (!TrySkipNextName(upToEnd, message, ref position))
            return false;
        ReadOnlySpan<byte> bitmap = upToEnd[position..], rest = bitmap;
        while (!rest.IsEmpty)
        {
            if (rest.Length < 2 || rest[1] is 0 or > MaxWindowLength || rest.Length < 2 + rest[1])
                return false;
            rest = rest[(2 + rest[1])..];
        }
        types = new(bitmap);
        return true;
    }

    /// <summary>Passes over the next name, which means nothing in mDNS (RFC 6762 6.1). Devices in use write pointers forward there; that much is forgiven, but not what is no name at all.</summary>
    private static bool TrySkipNextName(ReadOnlySpan<byte> upToEnd, ReadOnlySpan<byte> message, ref int position)
    {
        int at = position, end = -1, length = 0;
        for (int jumps = 0; jumps <= MaxJumps;)
        {
            // Before the first jump the name must stay inside the record.
            if (at >= (end < 0 ? upToEnd.Length : message.Length))
                return false;
            int head = message[at];
            if (head == 0)
            {
                position = end < 0 ? at + 1 : end;
                return true;
            }
            if (head <= DnsNameView.MaxLabelLength)
            {
                at += head + 1;
                length += head + 1;
                if (length >= DnsNameView.MaxLength)
                    return false;
                continue;
            }
            if (head < 0xC0 || at + 1 >= message.Length)
                return false;
            if (end < 0 && (end = at + 2) > upToEnd.Length)
                return false;
            at = (head & 0x3F) << 8 | message[at + 1];
            jumps++;
        }
        return false;
    }
}
