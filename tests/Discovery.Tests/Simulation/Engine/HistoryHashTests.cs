using Discovery.Simulation.Engine;

namespace Discovery.Tests.Simulation.Engine;

public sealed class HistoryHashTests
{
    private static ulong Of(params ulong[] values)
    {
        HistoryHash hash = new();
        foreach (ulong value in values)
            hash.Add(value);
        return hash.Value;
    }

    private static ulong Of(params byte[][] datagrams)
    {
        HistoryHash hash = new();
        foreach (byte[] datagram in datagrams)
            hash.Add(datagram.AsSpan());
        return hash.Value;
    }

    [Test]
    public void TheSameHistoryHasTheSameHash()
    {
        // A change of the hash makes void all histories that anybody has written down: let it be on purpose.
        Assert.That(Of(1, 2, 3), Is.EqualTo(8765253889280274237UL));
        Assert.That(Of([1, 2, 3], [4]), Is.EqualTo(2133723871056635664UL));
    }

    [Test]
    public void OrderCounts()
    {
        Assert.That(Of(1, 2, 3), Is.Not.EqualTo(Of(2, 1, 3)));
        Assert.That(Of(0, 0, 1), Is.Not.EqualTo(Of(0, 1, 0)));
        Assert.That(Of([1, 2], [3, 4]), Is.Not.EqualTo(Of([3, 4], [1, 2])));
    }

    [Test]
    public void EveryByteCounts()
    {
        SimulationRandom random = new(1);
        for (int length = 1; length < 40; length++)
        {
            byte[] datagram = new byte[length];
            random.NextBytes(datagram);
            HashSet<ulong> hashes = [Of([datagram])];
            for (int i = 0; i < length * 8; i++)
            {
                datagram[i / 8] ^= (byte)(1 << i % 8);
                Assert.That(hashes.Add(Of([datagram])), Is.True, $"bit {i} of {length} bytes");
                datagram[i / 8] ^= (byte)(1 << i % 8);
            }
        }
    }

    [Test]
    public void ItIsKnownWhereADatagramEnds()
    {
        Assert.That(new HashSet<ulong> { Of([[1, 2, 3, 4]]), Of([1, 2], [3, 4]), Of([1, 2, 3], [4]), Of([], [1, 2, 3, 4]), Of([1, 2, 3, 4], []), Of([[1, 2, 3, 4, 0]]) }, Has.Count.EqualTo(6));
    }
}
