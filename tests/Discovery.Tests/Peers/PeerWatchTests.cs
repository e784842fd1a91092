using System.Runtime.CompilerServices;
using Discovery.Peers;

namespace Discovery.Tests.Peers;

public sealed class PeerWatchTests
{
    private static readonly DateTimeOffset Now = TestPeer.Now;
    private static readonly TestPeer A = new(1), B = new(2), C = new(3);

    [Test]
    public void EventsComeInOneOrder()
    {
        PeerRegistry registry = Create();
        Observe(registry, C);
        int woken = 0;
        using PeerWatch watch = registry.Watch(() => woken++);
        Observe(registry, A);
        Assert.That(Read(watch), Is.EqualTo(new[] { (PeerEventKind.Discovered, A.Id) }), "C was known before");
        Observe(registry, B);
        Observe(registry, A);
        registry.Expire(Now + TimeSpan.FromDays(1));
        Assert.That(Read(watch), Is.EqualTo(new[] { (PeerEventKind.Lost, A.Id), (PeerEventKind.Lost, C.Id) }), "B came and went unseen");
        Assert.That(woken, Is.GreaterThan(1));
        Assert.That(watch.TryRead(null, out _), Is.False);
    }

    [Test]
    public void ChangesOfOnePeerThatWaitAreOne()
    {
        PeerRegistry registry = Create();
        using PeerWatch watch = registry.Watch(static () => { });
        Observe(registry, A);
        Observe(registry, B);
        Observe(registry, A, 50);
        Assert.That(watch.TryRead(null, out PeerEvent? change));
        Assert.That(change!.Kind, Is.EqualTo(PeerEventKind.Discovered));
        Assert.That(change.Peer, Is.SameAs(registry.Get(A.Id)), "as it is now");
        Assert.That(Read(watch), Is.EqualTo(new[] { (PeerEventKind.Discovered, B.Id) }));
        Lose(registry, A);
        Observe(registry, A);
        Assert.That(Read(watch), Is.EqualTo(new[] { (PeerEventKind.Updated, A.Id) }), "it was back before anybody looked");
    }

    [Test]
    public void AFilterMakesItsOwnComingAndGoing()
    {
        PeerFilter near = new() { MaxRtt = TimeSpan.FromMilliseconds(20) };
        PeerRegistry registry = Create();
        using PeerWatch watch = registry.Watch(static () => { });
        Observe(registry, A, 10);
        Observe(registry, B, 100);
        Assert.That(Read(watch, near), Is.EqualTo(new[] { (PeerEventKind.Discovered, A.Id) }));
        Observe(registry, A, 10);
        Assert.That(Read(watch, near), Is.EqualTo(new[] { (PeerEventKind.Updated, A.Id) }));
        Observe(registry, A, 1000);
        Assert.That(Read(watch, near), Is.EqualTo(new[] { (PeerEventKind.Lost, A.Id) }));
        for (int i = 0; i < 100; i++)
            Observe(registry, B, 0);
        Assert.That(Read(watch, near), Is.EqualTo(new[] { (PeerEventKind.Discovered, B.Id) }));
        Lose(registry, A);
        Assert.That(Read(watch, near), Is.Empty);
    }

    [Test]
    public void ASlowReaderCostsABoundedAmount()
    {
        PeerRegistry registry = Create(maxPeers: 4);
        using PeerWatch watch = registry.Watch(static () => { });
        for (int i = 10; i < 14; i++)
            Observe(registry, new(i), 100);
        Assert.That(Read(watch), Has.Count.EqualTo(4));
        for (int i = 100; i < 400; i++)
            Observe(registry, new(i), 50);
        Assert.That(watch.Missed, Is.Zero, "those who came and went take no room");
        List<(PeerEventKind Kind, PeerId)> events = Read(watch);
        Assert.That(events.Count(static change => change.Kind == PeerEventKind.Lost), Is.EqualTo(4));
        Assert.That(events, Has.Count.EqualTo(8));
    }

    [Test]
    public void BeyondItsCapacityTheOldestIsDroppedAndCounted()
    {
        using PeerWatch watch = new(2, static () => { }, static _ => { });
        for (byte i = 1; i <= 5; i++)
            watch.Push(null, new() { Id = new(Enumerable.Repeat(i, 32).ToArray()) });
        Assert.That(watch.Missed, Is.EqualTo(3));
        Assert.That(Read(watch).Select(static change => change.Id.ToArray()[0]), Is.EqualTo(new byte[] { 4, 5 }));
    }

    [Test]
    public void AWatchThatEndedIsToldNothing()
    {
        PeerRegistry registry = Create();
        PeerWatch watch = registry.Watch(static () => { });
        watch.Dispose();
        watch.Dispose();
        Observe(registry, A);
        Assert.That(Read(watch), Is.Empty);
    }

    [Test]
    public void AWatchThatNobodyReadsIsForgotten()
    {
        PeerRegistry registry = Create();
        using PeerWatch read = registry.Watch(static () => { });
        Abandon(registry);
        GC.Collect();
        Observe(registry, A);
        Assert.That(registry.WatchCount, Is.EqualTo(1));
        Assert.That(Read(read), Has.Count.EqualTo(1));

        // In a frame of its own, so that nothing of it is left on the stack.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Abandon(PeerRegistry registry)
        {
            for (int i = 0; i < 5; i++)
                registry.Watch(static () => { });
            Assert.That(registry.WatchCount, Is.InRange(1, 6));
        }
    }

    private static PeerRegistry Create(int maxPeers = 100) => new(maxPeers, new(PeerScoring.Default), default);

    private static void Observe(PeerRegistry registry, TestPeer peer, int milliseconds = 10) =>
        registry.Observe(peer.Record(), peer.EndPoint, TimeSpan.FromMilliseconds(milliseconds), "global", Now);

    private static void Lose(PeerRegistry registry, TestPeer peer)
    {
        while (!registry.Fail(peer.Id, Now)) { }
    }

    private static List<(PeerEventKind Kind, PeerId Id)> Read(PeerWatch watch, PeerFilter? filter = null)
    {
        List<(PeerEventKind, PeerId)> events = [];
        while (watch.TryRead(filter, out PeerEvent? change))
            events.Add((change.Kind, change.Peer.Id));
        return events;
    }
}
