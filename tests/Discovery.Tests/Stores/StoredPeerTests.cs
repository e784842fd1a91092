using Discovery.Peers;
using Discovery.Tests.Peers;

namespace Discovery.Tests.Stores;

public sealed class StoredPeerTests
{
    private static readonly DateTimeOffset Now = TestPeer.Now;

    [Test]
    public void WhatIsWrittenIsRead()
    {
        PeerRegistry registry = StoredPeers.Registry(1);
        TestPeer peer = new(1);
        registry.Update(peer.Id, new() { Capacity = new() { BandwidthKbps = 7, LoadPercent = 30 }, IsSuccess = false });
        registry.Fail(peer.Id, Now);
        StoredPeer stored = registry.Export().Single(), read = Read(Write(stored));
        Assert.Multiple(() =>
        {
            Assert.That(read.Peer.Id, Is.EqualTo(peer.Id));
            Assert.That(read.Peer.EndPoints, Is.EqualTo(stored.Peer.EndPoints));
            Assert.That(read.Peer.Capabilities, Is.EqualTo(new[] { "storage" }));
            Assert.That((read.Peer.Rtt, read.Peer.RttVariance, read.Peer.MinRtt), Is.EqualTo((stored.Peer.Rtt, stored.Peer.RttVariance, stored.Peer.MinRtt)));
            Assert.That((read.Peer.FirstSeen, read.Peer.LastSeen, read.LastSuccess, read.MeasuredAt), Is.EqualTo((Now, Now, (DateTimeOffset?)Now, Now)));
            Assert.That(read.Peer.Sources, Is.EqualTo(new[] { "global" }));
            Assert.That(read.Peer.ObservedCapacity, Is.EqualTo(stored.Peer.ObservedCapacity));
            Assert.That((read.Peer.Reliability, read.Peer.Score), Is.EqualTo((stored.Peer.Reliability, stored.Peer.Score)).Using<(double, double)>(static (a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-5));
            Assert.That((read.Successes, read.Failures, read.ConsecutiveFailures), Is.EqualTo((1.0, 2.0, 1)));
            Assert.That(read.Peer.IsAlive, Is.False);
            Assert.That(read.Coordinate.ToArray(), Is.EqualTo(stored.Coordinate.ToArray()).And.Length.EqualTo(NetworkCoordinate.Size));
            Assert.That(read.Peer.Record!.Signature.ToArray(), Is.EqualTo(stored.Peer.Record!.Signature.ToArray()));
        });
        Assert.That(Write(read), Is.EqualTo(Write(stored)));
    }

    [Test]
    public void TheLargestFits()
    {
        PeerRegistry registry = new(1, new(PeerScoring.Default), default, TestPeer.Network);
        TestPeer peer = new(1);
        PeerRecord record = peer.Record(capabilities: [.. Enumerable.Range(0, 12).Select(static i => new string((char)('a' + i), 64))]);
        for (int i = 0; i < 10; i++)
            registry.Observe(record, peer.EndPoint, TimeSpan.FromDays(1), new string((char)('a' + i), 64), DateTimeOffset.MaxValue, NetworkCoordinate.Origin);
        registry.Update(peer.Id, new() { Capacity = new() { BandwidthKbps = long.MaxValue, Connections = long.MaxValue, StorageMiB = long.MaxValue, LoadPercent = 100 } });
        byte[] bytes = Write(registry.Export().Single());
        Assert.That(bytes, Has.Length.LessThan(StoredPeer.MaxSize - 200), "a record may have some bytes more");
        Assert.That(Read(bytes).Peer.Sources, Has.Count.EqualTo(8));
        Assert.That(registry.Export().Single().TryFormat(new byte[bytes.Length - 1], out int written), Is.False);
        Assert.That(written, Is.Zero);
    }

    [Test]
    public void DamagedBytesAreRefusedAndNeverThrow()
    {
        byte[] bytes = Write(StoredPeers.Create(1).Single());
        for (int length = 0; length < bytes.Length; length++)
            Assert.That(StoredPeer.TryParse(bytes.AsSpan(0, length), out _), Is.False);
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = [.. bytes];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            if (StoredPeer.TryParse(mutated, out StoredPeer? peer))
                Assert.That(peer.Peer.EndPoints, Is.Not.Empty);
        }
    }

    [Test]
    public void ARestoredPeerGoesOnWithItsQuality()
    {
        PeerRegistry registry = new(100, new(PeerScoring.Default), default, TestPeer.Network);
        IReadOnlyList<StoredPeer> stored = StoredPeers.Create(5);
        DateTimeOffset later = Now + TimeSpan.FromDays(1);
        Assert.That(registry.Restore(stored, later), Is.EqualTo(5), "their records are over, but they tell where to ask");
        Assert.That(registry.Restore(stored, later), Is.Zero, "twice");
        Assert.That(registry.Count, Is.Zero, "nothing is proven");
        Assert.That(StoredPeers.Ids(registry.Export()), Is.EquivalentTo(StoredPeers.Ids(stored)), "a save before they have answered must not lose them");
        Assert.That(registry.Contacts(2, later).Select(static peer => peer.Id), Is.EqualTo(new[] { new TestPeer(1).Id, new TestPeer(2).Id }), "the best first");
        TestPeer peer = new(3);
        PeerInfo seen = registry.Observe(peer.Record(), peer.EndPoint, null, "local", later)!;
        Assert.That((seen.Rtt, seen.FirstSeen), Is.EqualTo((TimeSpan.FromMilliseconds(3), Now)));
        Assert.That(seen.Sources, Is.EqualTo(new[] { "global", "local" }));
        Assert.That(registry.Export(), Has.Count.EqualTo(5));
        Assert.That(new PeerRegistry(9, new(PeerScoring.Default), default, TestPeer.Network).Restore(stored, Now + PeerMemory.Keep + TimeSpan.FromSeconds(1)), Is.Zero, "too old");
        Assert.That(new PeerRegistry(9, new(PeerScoring.Default), default).Restore(stored, Now), Is.Zero, "another network");
        Assert.That(new PeerRegistry(3, new(PeerScoring.Default), default, TestPeer.Network).Restore(stored, Now), Is.EqualTo(5).Or.EqualTo(3));
    }

    [Test]
    public void NothingIsRestoredFromTheFuture()
    {
        PeerRegistry registry = new(100, new(PeerScoring.Default), default, TestPeer.Network);
        DateTimeOffset earlier = Now - TimeSpan.FromDays(100);
        Assert.That(registry.Restore(StoredPeers.Create(1), earlier), Is.EqualTo(1));
        StoredPeer restored = registry.Export().Single();
        Assert.That((restored.Peer.FirstSeen, restored.Peer.LastSeen, restored.MeasuredAt, restored.LastSuccess), Is.EqualTo((earlier, earlier, earlier, (DateTimeOffset?)earlier)));
    }

    private static byte[] Write(StoredPeer peer)
    {
        byte[] bytes = new byte[StoredPeer.MaxSize];
        Assert.That(peer.TryFormat(bytes, out int length));
        return bytes[..length];
    }

    private static StoredPeer Read(byte[] bytes)
    {
        Assert.That(StoredPeer.TryParse(bytes, out StoredPeer? peer));
        return peer!;
    }
}
