using System.Buffers.Binary;

namespace Discovery.Encoding.Dns;

/// <summary>A resource record where it stands in a message. Its data has been measured but not looked into: a record with bad data can be dropped, and the next one read.</summary>
internal readonly ref struct DnsRecordView
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _dataStart, _dataLength;

    internal DnsRecordView(ReadOnlySpan<byte> message, DnsNameView name, DnsSection section, int dataStart, int dataLength)
    {
        _message = message;
        Name = name;
        Section = section;
        _dataStart = dataStart;
        _dataLength = dataLength;
        ReadOnlySpan<byte> fixedPart = message[(dataStart - DnsReader.FixedRecordSize)..];
        Type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(fixedPart);
        RawClass = BinaryPrimitives.ReadUInt16BigEndian(fixedPart[2..]);
        Ttl = BinaryPrimitives.ReadUInt32BigEndian(fixedPart[4..]);
    }

    public DnsNameView Name { get; }

    public DnsType Type { get; }

    public DnsSection Section { get; }

    /// <summary>The class as it stands there, top bit included.</summary>
    public ushort RawClass { get; }

    /// <summary>The class; of an OPT record the payload size.</summary>
    public ushort Class => Type == DnsType.Opt ? RawClass : (ushort)(RawClass & DnsClass.Mask);

    /// <summary>RFC 6762 10.2: the record belongs to one responder, which has sent the whole set.</summary>
    public bool IsCacheFlush => Type != DnsType.Opt && (RawClass & DnsClass.TopBit) != 0;

    /// <summary>Seconds; of an OPT record the extended flags.</summary>
    public uint Ttl { get; }

    public ReadOnlySpan<byte> Data => _message.Slice(_dataStart, _dataLength);

    internal int DataStart => _dataStart;

    /// <summary>Whether the data is what the type demands. Of a type that is not known here nothing is demanded.</summary>
    public bool IsDataValid => Type switch
    {
        DnsType.A => _dataLength == 4,
        DnsType.Aaaa => _dataLength == 16,
        DnsType.Ns or DnsType.Cname or DnsType.Ptr or DnsType.Dname => TryGetTarget(out _),
        DnsType.Srv => TryGetService(out _),
        DnsType.Txt => TryGetStrings(out _),
        DnsType.Hinfo => TryGetStrings(out DnsStringsView strings) && strings.Count == 2,
        DnsType.Nsec => TryGetTypes(out _),
        DnsType.Opt => DnsOptView.TryRead(this, out _),
        _ => true,
    };

    /// <summary>The address of an A or AAAA record, as an end point with port 0.</summary>
    public bool TryGetAddress(out PeerEndPoint address)
    {
        ReadOnlySpan<byte> data = Data;
        switch (Type, data.Length)
        {
            case (DnsType.A, 4):
                address = new(BinaryPrimitives.ReadUInt32BigEndian(data), 0);
                return true;
            case (DnsType.Aaaa, 16):
                address = new(BinaryPrimitives.ReadUInt64BigEndian(data), BinaryPrimitives.ReadUInt64BigEndian(data[8..]), 0);
                return true;
            default:
                address = default;
                return false;
        }
    }

    /// <summary>The name that a PTR, CNAME, NS or DNAME record consists of.</summary>
    public bool TryGetTarget(out DnsNameView target)
    {
        target = default;
        return Type is DnsType.Ptr or DnsType.Cname or DnsType.Ns or DnsType.Dname && TryReadNameToEnd(_dataStart, out target);
    }

    /// <summary>What an SRV record says (RFC 2782).</summary>
    public bool TryGetService(out DnsServiceView service)
    {
        service = default;
        if (Type != DnsType.Srv || _dataLength <= DnsServiceView.FixedSize || !TryReadNameToEnd(_dataStart + DnsServiceView.FixedSize, out DnsNameView target))
            return false;
        service = new(Data, target);
        return true;
    }

    /// <summary>The strings of a TXT or HINFO record.</summary>
    public bool TryGetStrings(out DnsStringsView strings)
    {
        strings = default;
        return Type is DnsType.Txt or DnsType.Hinfo && DnsStringsView.TryRead(Data, out strings);
    }

    /// <summary>The types that exist, by an NSEC record.</summary>
    public bool TryGetTypes(out DnsTypesView types)
    {
        types = default;
        return Type == DnsType.Nsec && DnsTypesView.TryRead(_message[..(_dataStart + _dataLength)], _message, _dataStart, out types);
    }

    private bool TryReadNameToEnd(int position, out DnsNameView name) =>
        DnsNameView.TryRead(_message[..(_dataStart + _dataLength)], ref position, out name) && position == _dataStart + _dataLength;
}
