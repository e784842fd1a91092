using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Discovery.Transports;

/// <summary>Chance for real networks: the operating system's generator behind the interface that the protocols take, drawn in blocks. One thread at a time.</summary>
internal sealed class SecureRandom : Random
{
    private readonly byte[] _block = new byte[512];
    private int _used = 512;

    public override void NextBytes(Span<byte> buffer)
    {
        if (buffer.Length > _block.Length)
        {
            RandomNumberGenerator.Fill(buffer);
            return;
        }
        Take(buffer.Length).CopyTo(buffer);
    }

    public override void NextBytes(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    protected override double Sample() => (BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong))) >> 11) * (1.0 / (1UL << 53));

    public override double NextDouble() => Sample();

    public override int Next() => (int)(Sample() * int.MaxValue);

    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (int)(Sample() * maxValue);
    }

    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return (int)(minValue + (long)(Sample() * ((long)maxValue - minValue)));
    }

    public override long NextInt64() => NextInt64(long.MaxValue);

    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        ulong range = (ulong)(maxValue - minValue);
        return range == 0 ? minValue : minValue + (long)(BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong))) % range);
    }

    public override float NextSingle() => (float)Sample();

    private Span<byte> Take(int count)
    {
        if (_used + count > _block.Length)
        {
            RandomNumberGenerator.Fill(_block);
            _used = 0;
        }
        Span<byte> taken = _block.AsSpan(_used, count);
        _used += count;
        return taken;
    }
}
