namespace Discovery.Tests.Encoding.Dns;

/// <summary>Makes bad messages out of good ones.</summary>
internal static class Mutate
{
    /// <summary>Writes a mutated copy of one of the seeds and gives its length.</summary>
    public static int Into(Span<byte> buffer, byte[][] seeds, Random random)
    {
        byte[] seed = seeds[random.Next(seeds.Length)];
        seed.CopyTo(buffer);
        int length = seed.Length;
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            int at = random.Next(length);
            switch (random.Next(6))
            {
                case 0:
                    buffer[at] = (byte)random.Next(256);
                    break;
                case 1:
                    buffer[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    buffer[at] = (byte)(0xC0 | random.Next(64));
                    break;
                case 3:
                    length = Math.Max(1, at);
                    break;
                case 4:
                    int count = Math.Min(random.Next(1, 32), Math.Min(length - at, buffer.Length - length));
                    buffer[at..length].CopyTo(buffer[(at + count)..]);
                    length += count;
                    break;
                default:
                    buffer[at] = (byte)(random.Next(2) * 255);
                    break;
            }
        }
        return length;
    }
}
