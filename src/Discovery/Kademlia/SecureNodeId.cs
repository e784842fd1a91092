using System.Buffers.Binary;

namespace Discovery.Kademlia;

/// <summary>Node ids bound to the external address (BEP 42), which make it costly to choose a place in the key space.</summary>
internal static class SecureNodeId
{
    // BEP 42: the first 21 bits are fixed by the address; the last byte carries the random number.
    private const ulong PrefixMask = 0xFFFF_F800_0000_0000;
    private const uint MaskIPv4 = 0x030F_3FFF;
    private const ulong MaskIPv6 = 0x0103_070F_1F3F_7FFF;

    /// <summary>A new id that is valid for the address; the port plays no part.</summary>
    public static NodeId Create(in PeerEndPoint externalAddress, Random random)
    {
        Span<byte> id = stackalloc byte[NodeId.Size];
        random.NextBytes(id);
        ulong prefix = Prefix(externalAddress, id[^1]);
        BinaryPrimitives.WriteUInt64BigEndian(id, prefix | BinaryPrimitives.ReadUInt64BigEndian(id) & ~PrefixMask);
        return new(id);
    }

    /// <summary>Whether the id fits the address. Addresses of a local network are exempt: they are always valid.</summary>
    public static bool IsValid(in NodeId id, in PeerEndPoint address) =>
        (id.High & PrefixMask) == Prefix(address, id.LastByte) || address.IsPrivate;

    private static ulong Prefix(in PeerEndPoint address, byte lastByte)
    {
        Span<byte> input = stackalloc byte[sizeof(ulong)];
        if (address.IsIPv4)
        {
            // Four bytes, whatever the prose of BEP 42 says about eight: its vectors prove it.
            input = input[..sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(input, address.IPv4Bits & MaskIPv4);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(input, address.HighBits & MaskIPv6);
        }
        input[0] |= (byte)(lastByte << 5);
        return (ulong)Crc32C.Compute(input) << 32 & PrefixMask;
    }
}
