using System.Runtime.InteropServices;

namespace Discovery.Simulation.Engine;

/// <summary>A hash over everything that has happened, in order: two runs with the same hash had the same history.</summary>
internal struct HistoryHash()
{
    private ulong _hash = 0x243F_6A88_85A3_08D3;

    public readonly ulong Value => SimulationRandom.Mix(_hash);

    public void Add(ulong value)
    {
        ulong product = (_hash ^ value) * 0x9E37_79B9_7F4A_7C15;
        // The upper bits reach no others by the product alone: one that differs there would be undone by one bit of the next value.
        _hash = product ^ product >> 32;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            Add(word);
        foreach (byte rest in bytes[(bytes.Length & ~(sizeof(ulong) - 1))..])
            Add(rest);
    }
}
