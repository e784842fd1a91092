namespace Discovery;

/// <summary>z-base-32: five bits a character, most significant first, without padding, lower case only.</summary>
internal static class ZBase32
{
    private const byte Bad = 0xFF;

    private static ReadOnlySpan<byte> Alphabet => "ybndrfg8ejkmcpqxot1uwisza345h769"u8;

    private static readonly byte[] s_values = CreateValues();

    /// <summary>The characters that <paramref name="bytes"/> bytes become.</summary>
    public static int EncodedLength(int bytes) => (int)(((long)bytes * 8 + 4) / 5);

    /// <summary>The bytes that <paramref name="chars"/> characters become, if no character is superfluous.</summary>
    public static int DecodedLength(int chars) => (int)((long)chars * 5 / 8);

    /// <summary>Writes the text of <paramref name="bytes"/>; <paramref name="destination"/> must hold <see cref="EncodedLength"/> characters.</summary>
    public static void Encode(ReadOnlySpan<byte> bytes, Span<char> destination)
    {
        uint buffer = 0;
        int bits = 0, written = 0;
        foreach (byte value in bytes)
        {
            buffer = buffer << 8 | value;
            for (bits += 8; bits >= 5; bits -= 5)
                destination[written++] = (char)Alphabet[(int)(buffer >> (bits - 5) & 31)];
        }
        if (bits > 0)
            destination[written] = (char)Alphabet[(int)(buffer << (5 - bits) & 31)];
    }

    /// <summary>Reads exactly <paramref name="destination"/>'s length in bytes.</summary>
    /// <returns>False when the text has another length, a character outside the alphabet, or bits left over that are not zero.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length != EncodedLength(destination.Length))
            return false;
        byte[] values = s_values;
        uint buffer = 0;
        int bits = 0, written = 0;
        foreach (char c in text)
        {
            byte value = c < values.Length ? values[c] : Bad;
            if (value == Bad)
                return false;
            buffer = buffer << 5 | value;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                destination[written++] = (byte)(buffer >> bits);
            }
        }
        return (buffer & ((1u << bits) - 1)) == 0;
    }

    private static byte[] CreateValues()
    {
        byte[] values = new byte[128];
        values.AsSpan().Fill(Bad);
        for (int i = 0; i < Alphabet.Length; i++)
            values[Alphabet[i]] = (byte)i;
        return values;
    }
}
