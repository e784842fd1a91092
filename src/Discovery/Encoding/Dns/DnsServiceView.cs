using System.Buffers.Binary;

namespace Discovery.Encoding.Dns;

/// <summary>The data of an SRV record (RFC 2782) where it stands in a message.</summary>
internal readonly ref struct DnsServiceView
{
    /// <summary>Priority, weight and port.</summary>
    public const int FixedSize = 6;

    internal DnsServiceView(ReadOnlySpan<byte> data, DnsNameView target)
    {
        Priority = BinaryPrimitives.ReadUInt16BigEndian(data);
        Weight = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
        Port = BinaryPrimitives.ReadUInt16BigEndian(data[4..]);
        Target = target;
    }

    public ushort Priority { get; }

    public ushort Weight { get; }

    public ushort Port { get; }

    public DnsNameView Target { get; }
}
