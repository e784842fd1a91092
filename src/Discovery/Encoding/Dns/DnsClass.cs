namespace Discovery.Encoding.Dns;

/// <summary>The class field, of which mDNS takes the top bit for itself.</summary>
internal static class DnsClass
{
    public const ushort Internet = 1;

    /// <summary>In a question: every class.</summary>
    public const ushort Any = 255;

    /// <summary>In a record (RFC 6762 10.2): this is the whole set, forget the others. In a question (5.4): a unicast answer will do.</summary>
    public const ushort TopBit = 0x8000;

    public const ushort Mask = 0x7FFF;
}
