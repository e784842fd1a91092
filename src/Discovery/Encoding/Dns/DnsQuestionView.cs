namespace Discovery.Encoding.Dns;

/// <summary>A question where it stands in a message.</summary>
internal readonly ref struct DnsQuestionView(DnsNameView name, DnsType type, ushort rawClass)
{
    public DnsNameView Name { get; } = name;

    public DnsType Type { get; } = type;

    /// <summary>The class as it stands there, top bit included.</summary>
    public ushort RawClass { get; } = rawClass;

    /// <summary>Whether it asks about the Internet, or any class.</summary>
    public bool IsInternet => (RawClass & DnsClass.Mask) is DnsClass.Internet or DnsClass.Any;

    /// <summary>RFC 6762 5.4: the QU bit.</summary>
    public bool WantsUnicast => (RawClass & DnsClass.TopBit) != 0;

    /// <summary>Whether a record of that type would answer, the name aside.</summary>
    public bool Asks(DnsType type) => Type == type || Type == DnsType.Any;
}
