using System.Buffers.Binary;

namespace Discovery.Cryptography;

/// <summary>
/// What the strict rule refuses before any arithmetic. libsodium checks the same; OpenSSL does not, and how far libsodium goes depends on how it was built,
/// so the rule stands here, in front of both.
/// </summary>
internal static class StrictEncoding
{
    private const ulong SignMask = 0x7FFF_FFFF_FFFF_FFFF;

    /// <summary>Whether the 32 bytes encode y below p = 2^255 - 19, and not a point of order 1, 2, 4 or 8. They may still be no point at all.</summary>
    public static bool IsPoint(ReadOnlySpan<byte> encoded)
    {
        ulong y0 = Word(encoded, 0), y1 = Word(encoded, 1), y2 = Word(encoded, 2), y3 = Word(encoded, 3) & SignMask;

        // y = 0 has order 4, y = 1 is the identity, y = p - 1 has order 2; p and above are not canonical.
        if ((y1 | y2 | y3) == 0 && y0 <= 1)
            return false;
        if (y3 == SignMask && (y1 & y2) == ulong.MaxValue && y0 >= 0xFFFF_FFFF_FFFF_FFEC)
            return false;

        // The two y of order 8: the roots of d·y⁴ + 2·y² = 1, and negatives of each other.
        return !(y0 == 0xB027_B2C2_8F95_E826 && y1 == 0xF098_EFF2_89F4_C345 && y2 == 0x3933_C6D3_05AC_DFD5 && y3 == 0x05FC_536D_8802_38B1)
            && !(y0 == 0x4FD8_4D3D_706A_17C7 && y1 == 0x0F67_100D_760B_3CBA && y2 == 0xC6CC_392C_FA53_202A && y3 == 0x7A03_AC92_77FD_C74E);
    }

    /// <summary>Whether the 32 bytes are below the group order L = 2^252 + 27742317777372353535851937790883648493.</summary>
    public static bool IsScalar(ReadOnlySpan<byte> encoded)
    {
        const ulong l0 = 0x5812_631A_5CF5_D3ED, l1 = 0x14DE_F9DE_A2F7_9CD6, l3 = 0x1000_0000_0000_0000;
        ulong s3 = Word(encoded, 3);
        if (s3 != l3)
            return s3 < l3;
        if (Word(encoded, 2) != 0)
            return false;
        ulong s1 = Word(encoded, 1);
        return s1 != l1 ? s1 < l1 : Word(encoded, 0) < l0;
    }

    private static ulong Word(ReadOnlySpan<byte> encoded, int index) => BinaryPrimitives.ReadUInt64LittleEndian(encoded[(index * 8)..]);
}
