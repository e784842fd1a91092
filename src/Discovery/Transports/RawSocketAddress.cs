using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Discovery.Transports;

/// <summary>
/// The system's <c>sockaddr_in</c> and <c>sockaddr_in6</c>. Port and address have the same offsets on every system .NET runs on; the family in the first two
/// bytes has not, and is left to whoever owns the memory.
/// </summary>
internal static class RawSocketAddress
{
    public const int SizeIPv4 = 16;
    public const int SizeIPv6 = 28;

    public static int Size(AddressFamily family) => family == AddressFamily.InterNetwork ? SizeIPv4 : SizeIPv6;

    public static PeerEndPoint Read(ReadOnlySpan<byte> raw, AddressFamily family)
    {
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(raw[2..]);
        return family == AddressFamily.InterNetwork
            ? new(BinaryPrimitives.ReadUInt32BigEndian(raw[4..]), port)
            : new(BinaryPrimitives.ReadUInt64BigEndian(raw[8..]), BinaryPrimitives.ReadUInt64BigEndian(raw[16..]), port, PeerEndPoint.ScopeOf(MemoryMarshal.Read<uint>(raw[24..])));
    }

    public static void Write(Span<byte> raw, in PeerEndPoint endPoint) => Write(raw, endPoint, endPoint.ScopeId);

    /// <summary>Writes an end point with the interface of its address, which may have any index.</summary>
    public static void Write(Span<byte> raw, in PeerEndPoint endPoint, uint scope)
    {
        BinaryPrimitives.WriteUInt16BigEndian(raw[2..], (ushort)endPoint.Port);
        if (endPoint.IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(raw[4..], endPoint.IPv4Bits);
            return;
        }
        MemoryMarshal.Write(raw[4..], 0u); // the flow label
        endPoint.WriteAddress(raw[8..]);
        MemoryMarshal.Write(raw[24..], scope);
    }
}
