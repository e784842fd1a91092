using Discovery.Peers;

namespace Discovery.Tests.Peers;

public sealed class PeerRegistryTests
{
    private static readonly DateTimeOffset Now = TestPeer.Now;
    private static readonly TestPeer Self = new(0), A = new(1), B = new(2), C = new(3);
    private static readonly PeerEndPoint IPv6 = PeerEndPoint.Parse("[2001:db8::1]:6881"), Elsewhere = PeerEndPoint.Parse("10.9.9.9:1");

    [Test]
    public void AnObservationMakesAPeer()
    {
        PeerRegistry registry = Create();
        PeerInfo? seen = registry.Observe(A.Record(capabilities: ["x"], region: "eu"), A.EndPoint, TimeSpan.FromMilliseconds(100), "global", Now);
        Assert.That(registry.Count, Is.EqualTo(1));
        Assert.That(registry.Get(A.Id), Is.SameAs(seen));
        Assert.That(registry.Get(B.Id), Is.Null);
        Assert.Multiple(() =>
        {
            Assert.That(seen!.EndPoints, Is.EqualTo(new[] { A.EndPoint }));
            Assert.That(seen.Capabilities, Is.EqualTo(new[] { "x" }));
            Assert.That(seen.Region, Is.EqualTo("eu"));
            Assert.That(seen.Rtt, Is.EqualTo(TimeSpan.FromMilliseconds(100)));
            Assert.That(seen.Reliability, Is.EqualTo(2 / 3.0).Within(1e-9));
            Assert.That(seen.Score, Is.EqualTo((0.5 + 2 / 3.0 + 0.25 * 0.5 + 0.25 * 1) / 2.5).Within(1e-9));
            Assert.That(seen.Sources, Is.EqualTo(new[] { "global" }));
            Assert.That((seen.FirstSeen, seen.LastSeen), Is.EqualTo((Now, Now)));
            Assert.That(seen.Record!.Key, Is.EqualTo(A.Id));
        });
    }

    [Test]
    public void ALaterObservationAddsToIt()
    {
        PeerRegistry registry = Create();
        PeerRecord record = A.Record(endPoints: [A.EndPoint, IPv6]);
        registry.Observe(record, A.EndPoint, TimeSpan.FromMilliseconds(100), "global", Now);
        PeerInfo? seen = registry.Observe(record, IPv6, TimeSpan.FromMilliseconds(180), "local", Now + TimeSpan.FromMinutes(1));
        registry.Observe(record, IPv6, null, "local", Now + TimeSpan.FromMinutes(1));
        Assert.That(registry.Count, Is.EqualTo(1));
        Assert.Multiple(() =>
        {
            Assert.That(seen!.EndPoints, Is.EqualTo(new[] { IPv6, A.EndPoint }), "the one proven last first");
            Assert.That(seen.Rtt, Is.EqualTo(TimeSpan.FromMilliseconds(110)));
            Assert.That(seen.Sources, Is.EqualTo(new[] { "global", "local" }));
            Assert.That((seen.FirstSeen, seen.LastSeen), Is.EqualTo((Now, Now + TimeSpan.FromMinutes(1))));
            Assert.That(registry.Get(A.Id)!.Sources, Has.Count.EqualTo(2));
        });
    }

    [Test]
    public void WhatIsNotToBeUsedIsRefused()
    {
        PeerRegistry registry = Create();
        Assert.That(registry.Observe(Self.Record(), Self.EndPoint, null, "global", Now), Is.Null, "this peer itself");
        Assert.That(registry.Observe(A.Record(), Elsewhere, null, "global", Now), Is.Null, "an end point that is not in the record");
        registry.Observe(A.Record(version: 5), A.EndPoint, null, "global", Now);
        Assert.That(registry.Observe(A.Record(version: 4), A.EndPoint, null, "global", Now), Is.Null, "an older record");
        Assert.That(registry.Observe(A.Record(version: 5, region: "eu"), A.EndPoint, null, "global", Now), Is.Null, "another record of one sequence number");
        Assert.That(registry.Count, Is.EqualTo(1));
        Assert.That(registry.Get(A.Id)!.Region, Is.Null);
    }

    [Test]
    public void TheNewestRecordWins()
    {
        PeerRegistry registry = Create();
        registry.Observe(A.Record(endPoints: [A.EndPoint, IPv6], region: "eu"), IPv6, TimeSpan.FromMilliseconds(100), "global", Now);
        PeerInfo? moved = registry.Observe(A.Record(version: 1, region: "us", endPoints: [Elsewhere]), Elsewhere, null, "global", Now);
        Assert.Multiple(() =>
        {
            Assert.That(moved!.Region, Is.EqualTo("us"));
            Assert.That(moved.EndPoints, Is.EqualTo(new[] { Elsewhere }));
            Assert.That(moved.Rtt, Is.EqualTo(TimeSpan.FromMilliseconds(100)), "its history stays");
            Assert.That(Neighbors(registry, ipv4: false), Is.Empty, "it was proven there once, but it does not say so any more");
            Assert.That(Neighbors(registry), Is.EqualTo(new[] { (A.Id, Elsewhere) }));
        });
    }

    [Test]
    public void ARecordWithoutAProofRenewsAKnownPeer()
    {
        PeerRegistry registry = Create();
        Assert.That(registry.Offer(A.Record()), Is.EqualTo(RecordOutcome.Unproven));
        registry.Observe(A.Record(version: 1, endPoints: [A.EndPoint, IPv6]), IPv6, null, "global", Now);
        Assert.Multiple(() =>
        {
            Assert.That(registry.Offer(A.Record()), Is.EqualTo(RecordOutcome.Older));
            Assert.That(registry.Offer(A.Record(version: 1)), Is.EqualTo(RecordOutcome.Older), "another value");
            Assert.That(registry.Offer(A.Record(version: 1, endPoints: [A.EndPoint, IPv6])), Is.EqualTo(RecordOutcome.Known));
            Assert.That(registry.Offer(A.Record(version: 2, endPoints: [Elsewhere])), Is.EqualTo(RecordOutcome.Unproven), "it was never proven there");
            Assert.That(registry.Offer(A.Record(version: 2, region: "eu", endPoints: [Elsewhere, IPv6])), Is.EqualTo(RecordOutcome.Taken));
        });
        PeerInfo peer = registry.Get(A.Id)!;
        Assert.That(peer.Region, Is.EqualTo("eu"));
        Assert.That(peer.EndPoints, Is.EqualTo(new[] { IPv6, Elsewhere }));
        Assert.That(Neighbors(registry), Is.Empty);
        Assert.That(Neighbors(registry, ipv4: false), Is.EqualTo(new[] { (A.Id, IPv6) }));
    }

    [Test]
    public void ThreeFailuresInARowLoseAPeer()
    {
        PeerRegistry registry = Create();
        registry.Observe(A.Record(), A.EndPoint, null, "global", Now);
        Assert.That((registry.Fail(A.Id, Now), registry.Fail(A.Id, Now)), Is.EqualTo((false, false)));
        Assert.That(registry.Get(A.Id)!.Reliability, Is.EqualTo(2 / 5.0).Within(1e-9));
        registry.Observe(A.Record(), A.EndPoint, null, "global", Now);
        Assert.That((registry.Fail(A.Id, Now), registry.Fail(A.Id, Now), registry.Fail(A.Id, Now)), Is.EqualTo((false, false, true)));
        Assert.That(registry.Fail(A.Id, Now), Is.False, "it is not known any more");
        Assert.That(registry.Count, Is.Zero);
    }

    [Test]
    public void APeerWhoseRecordIsOverIsLost()
    {
        PeerRegistry registry = Create();
        registry.Observe(A.Record(lifetime: TimeSpan.FromMinutes(1)), A.EndPoint, null, "global", Now);
        registry.Observe(B.Record(lifetime: TimeSpan.FromMinutes(2)), B.EndPoint, null, "global", Now);
        Assert.That(registry.Expire(Now + TimeSpan.FromSeconds(59)), Is.Zero);
        Assert.That(registry.Expire(Now + TimeSpan.FromSeconds(60)), Is.EqualTo(1));
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { B.Id }));
    }

    [Test]
    public void TheBestComeFirst()
    {
        PeerRegistry registry = Create();
        registry.Observe(A.Record(capabilities: ["x"]), A.EndPoint, TimeSpan.FromMilliseconds(200), "global", Now);
        registry.Observe(B.Record(capabilities: ["x"]), B.EndPoint, TimeSpan.FromMilliseconds(10), "global", Now);
        registry.Observe(C.Record(), C.EndPoint, TimeSpan.FromMilliseconds(1), "global", Now);
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { C.Id, B.Id, A.Id }));
        Assert.That(registry.List(new() { Capability = "x" }).Select(static peer => peer.Id), Is.EqualTo(new[] { B.Id, A.Id }));
        Assert.That(registry.Best(1, new() { Capability = "x" }).Select(static peer => peer.Id), Is.EqualTo(new[] { B.Id }));
        registry.Fail(C.Id, Now);
        registry.Fail(C.Id, Now);
        registry.Observe(A.Record(capabilities: ["x"]), A.EndPoint, TimeSpan.Zero, "global", Now);
        Assert.That(registry.List()[0].Id, Is.EqualTo(B.Id));
    }

    [Test]
    public void WhenThereIsNoRoomTheWorstGoes()
    {
        PeerRegistry registry = Create(maxPeers: 2);
        registry.Observe(A.Record(), A.EndPoint, TimeSpan.FromMilliseconds(10), "global", Now);
        registry.Observe(B.Record(), B.EndPoint, TimeSpan.FromMilliseconds(50), "global", Now);
        PeerInfo? worst = registry.Observe(C.Record(), C.EndPoint, TimeSpan.FromMilliseconds(90), "global", Now);
        Assert.That(worst!.Id, Is.EqualTo(C.Id), "it is real, though it is not kept");
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { A.Id, B.Id }));
        registry.Observe(C.Record(), C.EndPoint, TimeSpan.FromMilliseconds(20), "global", Now);
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { A.Id, C.Id }));
        registry.Observe(B.Record(), B.EndPoint, TimeSpan.FromMilliseconds(20), "global", Now + TimeSpan.FromSeconds(1));
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { A.Id, B.Id }), "of equals the one seen longest ago");
    }

    [Test]
    public void NeighborsAreProvenPeersThatMatch()
    {
        PeerRegistry registry = Create();
        registry.Observe(A.Record(capabilities: ["x", "ü"], region: "eu"), A.EndPoint, TimeSpan.FromMilliseconds(1), "global", Now);
        registry.Observe(B.Record(capabilities: ["x"], endPoints: [IPv6, B.EndPoint]), IPv6, TimeSpan.FromMilliseconds(2), "global", Now);
        registry.Observe(C.Record(region: "eu"), C.EndPoint, TimeSpan.FromMilliseconds(3), "global", Now);
        Assert.Multiple(() =>
        {
            Assert.That(Neighbors(registry), Is.EqualTo(new[] { (A.Id, A.EndPoint), (C.Id, C.EndPoint) }));
            Assert.That(Neighbors(registry, ipv4: false), Is.EqualTo(new[] { (B.Id, IPv6) }));
            Assert.That(Neighbors(registry, "ü"), Is.EqualTo(new[] { (A.Id, A.EndPoint) }));
            Assert.That(Neighbors(registry, region: "eu"), Has.Length.EqualTo(2));
            Assert.That(Neighbors(registry, "x", "eu"), Is.EqualTo(new[] { (A.Id, A.EndPoint) }));
            Assert.That(Neighbors(registry, "none"), Is.Empty);
            Assert.That(Neighbors(registry, new string('x', 65)), Is.Empty);
            Assert.That(Neighbors(registry, count: 1), Is.EqualTo(new[] { (A.Id, A.EndPoint) }));
            Assert.That(registry.ReadNeighbors([0xFF], [], true, new (PeerId, PeerEndPoint)[1]), Is.Zero);
        });
    }

    [Test]
    public void WhoeverSaysWhereItIsIsToldTheNearestToIt()
    {
        NetworkCoordinate At(float x) => NetworkCoordinate.Origin with { Position = System.Runtime.Intrinsics.Vector256.CreateScalar(x) };
        PeerRegistry registry = Create();
        // The best are the fastest from here.
        TestPeer[] peers = [.. Enumerable.Range(1, 9).Select(static number => new TestPeer(number))];
        foreach (TestPeer peer in peers)
        {
            int number = Array.IndexOf(peers, peer) + 1;
            registry.Observe(peer.Record(), peer.EndPoint, TimeSpan.FromMilliseconds(number), "global", Now, number == 9 ? null : At(number * 10));
        }
        (PeerId, PeerEndPoint)[] all = new (PeerId, PeerEndPoint)[20], three = new (PeerId, PeerEndPoint)[3];
        Assert.Multiple(() =>
        {
            Assert.That(all[..registry.ReadNeighbors([], [], true, all, At(54))].Select(static peer => peer.Item1),
                Is.EqualTo(new[] { 5, 6, 4, 7, 3, 8, 2, 1, 9 }.Select(number => peers[number - 1].Id)), "whoever does not say where it is comes last");
            Assert.That(three[..registry.ReadNeighbors([], [], true, three, At(54))], Is.EqualTo(all[..3]));
            Assert.That(Neighbors(registry, count: 3).Select(static peer => peer.Item1), Is.EqualTo(peers[..3].Select(static peer => peer.Id)), "the best");
        });
    }

    [Test]
    public void ManyThreadsKeepItWhole()
    {
        const int Peers = 60, Room = 40;
        TestPeer[] peers = [.. Enumerable.Range(1, Peers).Select(static number => new TestPeer(number))];
        PeerRecord[] records = [.. peers.Select(static peer => peer.Record())];
        PeerRegistry registry = Create(Room);
        using PeerWatch watch = registry.Watch(static () => { });
        Parallel.For(0, 8, thread =>
        {
            Random random = new(thread);
            for (int i = 0; i < 3000; i++)
            {
                int index = random.Next(Peers);
                if (random.Next(3) == 0)
                    registry.Fail(peers[index].Id, Now);
                else
                    registry.Observe(records[index], peers[index].EndPoint, TimeSpan.FromMilliseconds(random.Next(300)), "global", Now);
                IReadOnlyList<PeerInfo> list = registry.List();
                if (list.Count > Room || list.Zip(list.Skip(1)).Any(static pair => pair.First.Score < pair.Second.Score) || list.DistinctBy(static peer => peer.Id).Count() != list.Count)
                    Assert.Fail("A reader saw a list that is too long, out of order or with doubles.");
            }
        });
        Dictionary<PeerId, PeerInfo> told = [];
        while (watch.TryRead(null, out PeerEvent? change))
            if (change.Kind == PeerEventKind.Lost)
                told.Remove(change.Peer.Id);
            else
                told[change.Peer.Id] = change.Peer;
        Assert.That(watch.Missed, Is.Zero);
        Assert.That(told.Values, Is.EquivalentTo(registry.List()), "whoever acts on all events has the true set");
        Assert.That(registry.List().Select(peer => registry.Get(peer.Id)), Is.EqualTo(registry.List()));
    }

    private static PeerRegistry Create(int maxPeers = 100) => new(maxPeers, new(PeerScoring.Default), Self.Id);

    private static (PeerId, PeerEndPoint)[] Neighbors(PeerRegistry registry, string capability = "", string region = "", bool ipv4 = true, int count = 20)
    {
        (PeerId, PeerEndPoint)[] neighbors = new (PeerId, PeerEndPoint)[count];
        return neighbors[..registry.ReadNeighbors(System.Text.Encoding.UTF8.GetBytes(capability), System.Text.Encoding.UTF8.GetBytes(region), ipv4, neighbors)];
    }
}
