using System.Buffers.Binary;

namespace Discovery.Encoding.Dns;

/// <summary>An OPT pseudo-record (RFC 6891): what the sender can take, and options.</summary>
internal readonly ref struct DnsOptView
{
    private const int OptionHeaderSize = 4;

    private readonly ReadOnlySpan<byte> _options;
    private readonly uint _flags;

    private DnsOptView(in DnsRecordView record)
    {
        _options = record.Data;
        _flags = record.Ttl;
        PayloadSize = record.RawClass;
    }

    /// <summary>The largest UDP payload that the sender can take.</summary>
    public ushort PayloadSize { get; }

    /// <summary>The upper eight bits of the response code.</summary>
    public byte ExtendedResponseCode => (byte)(_flags >> 24);

    public byte Version => (byte)(_flags >> 16);

    /// <summary>DO: the sender understands DNSSEC.</summary>
    public bool IsDnssecOk => (_flags & 0x8000) != 0;

    public static bool TryRead(in DnsRecordView record, out DnsOptView opt)
    {
        opt = default;
        if (record.Type != DnsType.Opt || !record.Name.IsRoot)
            return false;
        ReadOnlySpan<byte> rest = record.Data;
        while (!rest.IsEmpty)
        {
            if (rest.Length < OptionHeaderSize || rest.Length < OptionHeaderSize + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))
                return false;
            rest = rest[(OptionHeaderSize + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))..];
        }
        opt = new(record);
        return true;
    }

    /// <summary>The data of the first option with that code.</summary>
    public bool TryGetOption(ushort code, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = _options;
        while (!rest.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(rest) == code)
            {
                value = rest.Slice(OptionHeaderSize, length);
                return true;
            }
            rest = rest[(OptionHeaderSize + length)..];
        }
        value = default;
        return false;
    }
}
