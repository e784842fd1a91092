using System.Runtime.InteropServices;

namespace Discovery.Simulation.Engine;

/// <summary>The one source of chance of a simulation: SplitMix64 (Steele, Lea, Flood 2014). One seed, one sequence, on every machine and in every version of .NET.</summary>
internal sealed class SimulationRandom(ulong seed) : Random(0)
{
    private ulong _state = seed;

    public override int Next() => (int)(NextUInt64() >> 33) is var value && value != int.MaxValue ? value : Next();

    public override int Next(int maxValue) => Next(0, maxValue);

    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        // The high half of the product: as even as 64 bits can be over at most 2^32 values.
        return (int)(minValue + (long)Math.BigMul(NextUInt64(), (ulong)((long)maxValue - minValue), out _));
    }

    public override long NextInt64() => (long)(NextUInt64() >> 1) is var value && value != long.MaxValue ? value : NextInt64();

    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue + (long)Math.BigMul(NextUInt64(), (ulong)(maxValue - minValue), out _);
    }

    public override double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public override float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    public override void NextBytes(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    public override void NextBytes(Span<byte> buffer)
    {
        for (; buffer.Length >= sizeof(ulong); buffer = buffer[sizeof(ulong)..])
            MemoryMarshal.Write(buffer, NextUInt64());
        if (buffer.IsEmpty)
            return;
        ulong last = NextUInt64();
        MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in last))[..buffer.Length].CopyTo(buffer);
    }

    protected override double Sample() => NextDouble();

    /// <summary>64 bits, each by chance.</summary>
    public ulong NextUInt64() => Mix(_state += 0x9E37_79B9_7F4A_7C15);

    /// <summary>Scatters the bits of a number: neighbours come out far apart.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ value >> 27) * 0x94D0_49BB_1331_11EB;
        return value ^ value >> 31;
    }
}
