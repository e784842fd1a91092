using System.Runtime.InteropServices;

namespace Discovery.Simulation.Engine;

/// <summary>A hash over everything that has happened, in order: two runs with the same hash had the same history.</summary>
internal struct HistoryHash()
{
    private ulong _hash = 0x243F_6A88_85A3_08D3;

    public readonly ulong Value => SimulationRandom.Mix(_hash);

    public void Add(ulong value) => _hash = (ulong.RotateLeft(_hash, 23) ^ value) * 0x9E37_79B9_7F4A_7C15;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            Add(word);
        foreach (byte rest in bytes[(bytes.Length & ~(sizeof(ulong) - 1))..])
            Add(rest);
    }
}
