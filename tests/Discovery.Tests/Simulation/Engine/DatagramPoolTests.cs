using Discovery.Simulation.Engine;

namespace Discovery.Tests.Simulation.Engine;

public sealed class DatagramPoolTests
{
    private static PeerEndPoint At(int index) => new(0x0800_0000 + (uint)index, 6881);

    [Test]
    public void EveryDatagramIsReadAsItWasAdded()
    {
        SimulationRandom random = new(5);
        DatagramPool pool = new();
        Dictionary<int, (byte[] Bytes, PeerEndPoint From, PeerEndPoint To)> reference = [];
        for (int step = 0; step < 20_000; step++)
        {
            if (random.Next(100) < (step < 10_000 ? 60 : 45) || reference.Count == 0)
            {
                byte[] datagram = new byte[random.Next(3) == 0 ? random.Next(1473) : random.Next(200)];
                random.NextBytes(datagram);
                int handle = pool.Add(datagram, At(step), At(-step));
                Assert.That(handle, Is.GreaterThanOrEqualTo(0));
                reference.Add(handle, (datagram, At(step), At(-step)));
            }
            else
            {
                (int handle, (byte[] bytes, PeerEndPoint from, PeerEndPoint to)) = reference.ElementAt(random.Next(Math.Min(20, reference.Count)));
                Assert.That(pool.Read(handle, out PeerEndPoint readFrom, out PeerEndPoint readTo).SequenceEqual(bytes), Is.True);
                Assert.That((readFrom, readTo), Is.EqualTo((from, to)));
                pool.Remove(handle);
                reference.Remove(handle);
            }
            Assert.That(pool.Count, Is.EqualTo(reference.Count));
        }
    }

    [TestCase(0)]
    [TestCase(160)]
    [TestCase(161)]
    [TestCase(448)]
    [TestCase(449)]
    [TestCase(1472)]
    [TestCase(1536)]
    public void EverySizeUpToAFrameFits(int size)
    {
        DatagramPool pool = new();
        byte[] datagram = new byte[size];
        Array.Fill(datagram, (byte)7);
        int handle = pool.Add(datagram, At(1), At(2));
        pool.Add(new byte[size], At(3), At(4));
        Assert.That(pool.Read(handle, out _, out _).ToArray(), Is.EqualTo(datagram));
    }

    [Test]
    public void WhatIsRemovedMakesRoomForTheNext()
    {
        DatagramPool pool = new();
        List<int> handles = [.. Enumerable.Range(0, 3000).Select(index => pool.Add([1, 2, 3], At(index), At(index)))];
        handles.ForEach(pool.Remove);
        Assert.That(Enumerable.Range(0, 3000).Select(index => pool.Add([4], At(index), At(index))), Is.EquivalentTo(handles));
    }
}
