using System.Buffers.Binary;

namespace Discovery.Encoding.Dns;

/// <summary>The first 12 bytes of a message (RFC 1035 4.1.1).</summary>
internal readonly record struct DnsHeader(ushort Id, ushort Flags, ushort Questions, ushort Answers, ushort Authorities, ushort Additionals)
{
    public const int Size = 12;

    public const ushort Response = 0x8000, Authoritative = 0x0400, Truncated = 0x0200, RecursionDesired = 0x0100;

    public bool IsResponse => (Flags & Response) != 0;

    public bool IsTruncated => (Flags & Truncated) != 0;

    public int Opcode => Flags >> 11 & 0xF;

    public int ResponseCode => Flags & 0xF;

    /// <summary>Reads the header; false when the message is shorter than that.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out DnsHeader header)
    {
        if (message.Length < Size)
        {
            header = default;
            return false;
        }
        header = new(
            BinaryPrimitives.ReadUInt16BigEndian(message), BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[4..]), BinaryPrimitives.ReadUInt16BigEndian(message[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[8..]), BinaryPrimitives.ReadUInt16BigEndian(message[10..]));
        return true;
    }
}
