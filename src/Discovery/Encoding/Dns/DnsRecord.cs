using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Discovery.Encoding.Dns;

/// <summary>A resource record to keep or to send: the data without compression. Its TTL and cache-flush bit belong to the moment and are given when it is written.</summary>
internal sealed class DnsRecord
{
    private readonly byte[] _data;

    private DnsRecord(DnsName name, DnsType type, ushort recordClass, byte[] data, DnsName? target = null, int targetStart = 0)
    {
        Name = name;
        Type = type;
        Class = recordClass;
        _data = data;
        Target = target;
        TargetStart = targetStart;
    }

    public DnsName Name { get; }

    public DnsType Type { get; }

    /// <summary>The class, without the bit that mDNS takes.</summary>
    public ushort Class { get; }

    /// <summary>The data, names in it without compression.</summary>
    public ReadOnlySpan<byte> Data => _data;

    /// <summary>The name inside the data of a PTR, SRV, NSEC, CNAME, NS or DNAME record.</summary>
    public DnsName? Target { get; }

    /// <summary>Where in the data <see cref="Target"/> stands.</summary>
    internal int TargetStart { get; }

    /// <summary>The port of an SRV record.</summary>
    public ushort Port => Type == DnsType.Srv ? BinaryPrimitives.ReadUInt16BigEndian(_data.AsSpan(4)) : (ushort)0;

    /// <summary>An A or AAAA record. The port and scope of the address do not take part.</summary>
    public static DnsRecord Address(DnsName name, in PeerEndPoint address)
    {
        byte[] data = new byte[address.IsIPv4 ? 4 : 16];
        address.WriteAddress(data);
        return new(name, address.IsIPv4 ? DnsType.A : DnsType.Aaaa, DnsClass.Internet, data);
    }

    public static DnsRecord Pointer(DnsName name, DnsName target) => new(name, DnsType.Ptr, DnsClass.Internet, target.Wire.ToArray(), target);

    public static DnsRecord Service(DnsName name, ushort port, DnsName target, ushort priority = 0, ushort weight = 0)
    {
        byte[] data = new byte[DnsServiceView.FixedSize + target.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data, priority);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), weight);
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(4), port);
        target.Wire.CopyTo(data.AsSpan(DnsServiceView.FixedSize));
        return new(name, DnsType.Srv, DnsClass.Internet, data, target, DnsServiceView.FixedSize);
    }

    /// <summary>An NSEC record in the form of RFC 6762 6.1: these types exist, and of the types below 256 no others.</summary>
    public static DnsRecord Types(DnsName name, params ReadOnlySpan<DnsType> types)
    {
        int bytes = 0;
        foreach (DnsType type in types)
            bytes = Math.Max(bytes, ((int)type >> 3) + 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, 32, nameof(types));
        byte[] data = new byte[name.Length + (bytes == 0 ? 0 : 2 + bytes)];
        name.Wire.CopyTo(data);
        if (bytes > 0)
            data[name.Length + 1] = (byte)bytes;
        foreach (DnsType type in types)
            data[name.Length + 2 + ((int)type >> 3)] |= (byte)(0x80 >> ((int)type & 7));
        return new(name, DnsType.Nsec, DnsClass.Internet, data, name);
    }

    /// <summary>A record of a type whose data holds no name: TXT, or any that is not known here.</summary>
    public static DnsRecord Raw(DnsName name, DnsType type, ReadOnlySpan<byte> data, ushort recordClass = DnsClass.Internet) => new(name, type, recordClass, data.ToArray());

    /// <summary>Takes a record out of its message.</summary>
    /// <returns>False when its data is bad, of another class than the type is defined for, or may hold compressed names in a form that is not known here.</returns>
    public static bool TryCreate(scoped in DnsRecordView view, [NotNullWhen(true)] out DnsRecord? record)
    {
        record = null;
        if (!view.IsDataValid || HoldsUnknownNames(view.Type) || (view.Type is DnsType.Srv or DnsType.Nsec && view.Class != DnsClass.Internet))
            return false;
        DnsName name = DnsName.From(view.Name);
        if (view.TryGetTarget(out DnsNameView target))
        {
            DnsName pointed = DnsName.From(target);
            record = new(name, view.Type, view.Class, pointed.Wire.ToArray(), pointed);
        }
        else if (view.TryGetService(out DnsServiceView service))
        {
            record = Service(name, service.Port, DnsName.From(service.Target), service.Priority, service.Weight);
        }
        else if (view.Type != DnsType.Nsec)
        {
            record = Raw(name, view.Type, view.Data, view.Class);
        }
        else if (view.TryGetTypes(out DnsTypesView types))
        {
            record = types.ToRecord(name);
        }
        return record is not null;
    }

    /// <summary>Whether name, type, class and data are the same.</summary>
    public bool IsSameAs(DnsRecord other) => Type == other.Type && Class == other.Class && DataEquals(other) && Name.Equals(other.Name);

    /// <inheritdoc cref="IsSameAs(DnsRecord)"/>
    public bool IsSameAs(scoped in DnsRecordView other) => Type == other.Type && Class == other.Class && other.Name.Equals(Name.View) && DataEquals(other);

    /// <summary>The order of simultaneous probes (RFC 6762 8.2): by class, type and the bytes of the data.</summary>
    public static int CompareForTieBreak(DnsRecord left, DnsRecord right) =>
        left.Class != right.Class ? left.Class.CompareTo(right.Class)
        : left.Type != right.Type ? left.Type.CompareTo(right.Type)
        : left.Data.SequenceCompareTo(right.Data);

    private bool DataEquals(DnsRecord other) => Target is null || other.Target is null
        ? Data.SequenceEqual(other.Data)
        : Target.Equals(other.Target) && Data[..TargetStart].SequenceEqual(other.Data[..other.TargetStart]) && AfterTarget.SequenceEqual(other.AfterTarget);

    private ReadOnlySpan<byte> AfterTarget => _data.AsSpan(TargetStart + (Target?.Length ?? 0));

    private bool DataEquals(scoped in DnsRecordView other)
    {
        if (other.TryGetTarget(out DnsNameView target))
            return target.Equals(Target!.View);
        if (other.TryGetService(out DnsServiceView service))
            return service.Target.Equals(Target!.View) && Data[..DnsServiceView.FixedSize].SequenceEqual(other.Data[..DnsServiceView.FixedSize]);
        if (other.TryGetTypes(out DnsTypesView types))
            return types.HasSameTypes(AfterTarget);
        return Target is null && Data.SequenceEqual(other.Data);
    }

    /// <summary>RFC 3597 4: the types of old whose data may be compressed, besides those that are known here.</summary>
    private static bool HoldsUnknownNames(DnsType type) => (int)type is 3 or 4 or 6 or 7 or 8 or 9 or 14 or 15 or 17 or 18 or 21 or 24 or 26 or 30 or 35 or 36;
}
