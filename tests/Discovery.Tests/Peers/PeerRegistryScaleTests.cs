using Discovery.Peers;

namespace Discovery.Tests.Peers;

[NonParallelizable]
public sealed class PeerRegistryScaleTests
{
    private const int Peers = 10_000;

    [Test]
    public void TenThousandPeersTakeLessThanAHundredMegabytes()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        PeerRegistry registry = new(Peers, new(PeerScoring.Default), default, TestPeer.Network, new CoordinateTracker(new Random(1)));
        for (int i = 1; i <= Peers; i++)
        {
            TestPeer peer = new(i);
            registry.Observe(peer.Record(capabilities: ["storage", "tool:search"], region: $"region-{i % 20}"), peer.EndPoint, TimeSpan.FromMilliseconds(i % 400), "global", TestPeer.Now, NetworkCoordinate.Origin);
        }
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Out.WriteLine($"{bytes / Peers} bytes a peer, {bytes >> 20} MiB in all");
        Assert.That(registry.Count, Is.EqualTo(Peers));
        Assert.That(bytes, Is.LessThan(100 << 20));
        Assert.That(registry.Best(10, null), Has.Count.EqualTo(10));
        GC.KeepAlive(registry);
    }
}
