using Discovery.Peers;

namespace Discovery.Tests.Peers;

public sealed class PeerRegistryUpkeepTests
{
    private static readonly DateTimeOffset Now = TestPeer.Now;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);
    private static readonly TestPeer Self = new(0), A = new(1), B = new(2), C = new(3);

    [Test]
    public void ScoresFadeWithoutEvents()
    {
        PeerRegistry registry = Create();
        Observe(registry, A);
        using PeerWatch watch = registry.Watch(static () => { });
        PeerInfo before = registry.Get(A.Id)!;
        registry.Rescore(Now);
        Assert.That(registry.Get(A.Id), Is.SameAs(before), "nothing has changed");
        registry.Rescore(Now + TimeSpan.FromMinutes(30));
        PeerInfo after = registry.Get(A.Id)!;
        Assert.That(after.Score, Is.LessThan(before.Score));
        Assert.That(after.Reliability, Is.LessThan(before.Reliability));
        Assert.That(after.Freshness, Is.EqualTo(0.25).Within(1e-9));
        Assert.That(watch.TryRead(null, out PeerEvent? change) && change.Kind == PeerEventKind.Updated);
        Observe(registry, A, now: Now + TimeSpan.FromMinutes(30));
        Assert.That(registry.Get(A.Id)!.Freshness, Is.EqualTo(1));
    }

    [Test]
    public void RescoringPutsThemInOrder()
    {
        PeerRegistry registry = Create();
        Observe(registry, A, 10);
        Observe(registry, B, 20, Now + TimeSpan.FromHours(3));
        Assert.That(registry.List()[0].Id, Is.EqualTo(A.Id), "as it was when it was measured");
        registry.Rescore(Now + TimeSpan.FromHours(3));
        Assert.That(registry.List()[0].Id, Is.EqualTo(B.Id));
        Observe(registry, C, 1, Now + TimeSpan.FromHours(3));
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { C.Id, B.Id, A.Id }));
    }

    [Test]
    public void CleaningSaysWhy()
    {
        PeerRegistry registry = Create();
        registry.Observe(A.Record(lifetime: TimeSpan.FromMinutes(5)), A.EndPoint, null, "global", Now);
        registry.Observe(B.Record(lifetime: TimeSpan.FromHours(3)), B.EndPoint, null, "global", Now);
        registry.Observe(C.Record(lifetime: TimeSpan.FromHours(3)), C.EndPoint, null, "global", Now);
        registry.Update(C.Id, new() { ConnectionState = PeerConnectionState.Connected });
        using PeerWatch watch = registry.Watch(static () => { });
        IReadOnlyList<PeerRemoval> removals = registry.CleanUp(Now + TimeSpan.FromHours(1), TimeSpan.FromMinutes(30));
        Assert.That(removals.Select(static removal => (removal.Peer.Id, removal.Reason)), Is.EquivalentTo(new[] { (A.Id, PeerLossReason.RecordExpired), (B.Id, PeerLossReason.Stale) }));
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { C.Id }), "in use");
        Assert.That(ReadLost(watch), Is.EquivalentTo(new[] { (A.Id, PeerLossReason.RecordExpired), (B.Id, PeerLossReason.Stale) }));
    }

    [Test]
    public void EveryLossHasItsReason()
    {
        PeerRegistry registry = Create(maxPeers: 1);
        using PeerWatch watch = registry.Watch(static () => { });
        Observe(registry, A, 100);
        Assert.That(watch.TryRead(null, out PeerEvent? change) && change is { Kind: PeerEventKind.Discovered, Reason: null });
        Observe(registry, B, 10);
        Assert.That(ReadLost(watch), Is.EqualTo(new[] { (A.Id, PeerLossReason.Evicted) }));
        for (int i = 0; i < 3; i++)
            registry.Fail(B.Id, Now);
        Assert.That(ReadLost(watch), Is.EqualTo(new[] { (B.Id, PeerLossReason.Dead) }));
        Observe(registry, C);
        ReadLost(watch);
        Assert.That(registry.Remove(C.Id));
        Assert.That(registry.Remove(C.Id), Is.False);
        Assert.That(ReadLost(watch), Is.EqualTo(new[] { (C.Id, PeerLossReason.Removed) }));
    }

    [Test]
    public void AFilterThatNoLongerMatchesIsAReasonToo()
    {
        PeerRegistry registry = Create();
        using PeerWatch watch = registry.Watch(static () => { });
        PeerFilter reliable = new() { MinReliability = 0.6 };
        Observe(registry, A);
        Assert.That(watch.TryRead(reliable, out _));
        registry.Fail(A.Id, Now);
        Assert.That(watch.TryRead(reliable, out PeerEvent? change) && change is { Kind: PeerEventKind.Lost, Reason: PeerLossReason.FilteredOut });
    }

    [Test]
    public void WhoIsInUseMakesNoRoom()
    {
        PeerRegistry registry = Create(maxPeers: 2);
        Observe(registry, A, 500);
        Observe(registry, B, 10);
        registry.Update(A.Id, new() { ConnectionState = PeerConnectionState.Connecting });
        Observe(registry, C, 1);
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { C.Id, A.Id }), "B was the worst that nobody used");
        registry.Update(C.Id, new() { ConnectionState = PeerConnectionState.Connected });
        Assert.That(Observe(registry, B, 0), Is.Not.Null);
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { C.Id, A.Id }), "all are in use");
        registry.Update(A.Id, new() { ConnectionState = PeerConnectionState.Disconnected });
        Observe(registry, B, 0);
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { B.Id, C.Id }));
    }

    [Test]
    public void ABannedPeerIsGoneForATime()
    {
        PeerRegistry registry = Create();
        using PeerWatch watch = registry.Watch(static () => { });
        Observe(registry, A);
        watch.TryRead(null, out _);
        Assert.That(registry.Offend(A.Id, PeerOffence.Lie, Now), Is.Null);
        Assert.That(registry.Get(A.Id)!.Reliability, Is.EqualTo(2 / 7.0).Within(1e-9), "one answer, and an offence that weighs four failures");
        watch.TryRead(null, out _);
        Assert.That(registry.Offend(A.Id, PeerOffence.Lie, Now), Is.EqualTo(Now + PeerBans.FirstBan));
        Assert.That(ReadLost(watch), Is.EqualTo(new[] { (A.Id, PeerLossReason.Banned) }));
        Assert.That(Observe(registry, A), Is.Null);
        Assert.That(registry.Contacts(10, Now), Is.Empty);
        DateTimeOffset after = Now + PeerBans.FirstBan;
        Assert.That(registry.Contacts(10, after).Select(static peer => peer.Id), Is.EqualTo(new[] { A.Id }));
        Assert.That(Observe(registry, A, now: after)!.Reliability, Is.LessThan(0.3), "it goes on with its old name");
    }

    [Test]
    public void APeerThatFloodsIsHeldToItWhereItWasProven()
    {
        PeerRegistry registry = Create();
        Observe(registry, A);
        Observe(registry, B);
        double before = registry.Get(A.Id)!.Reliability;
        for (int i = 0; i < 3; i++)
            registry.OffendAt(A.EndPoint, PeerOffence.Flood, Now);
        Assert.That(registry.Get(A.Id)!.Reliability, Is.LessThan(before));
        Assert.That(registry.Get(B.Id)!.Reliability, Is.EqualTo(before));
        registry.OffendAt(A.EndPoint, PeerOffence.Flood, Now);
        Assert.That(registry.List().Select(static peer => peer.Id), Is.EqualTo(new[] { B.Id }));
    }

    [Test]
    public void AnOldRecordIsALieOnlyWhenTheNewOneIsNotJustSigned()
    {
        PeerRegistry registry = Create();
        registry.Observe(A.Record(version: 1), A.EndPoint, null, "global", Now);
        double before = registry.Get(A.Id)!.Reliability;
        Assert.That(Observe(registry, A), Is.Null, "it passed the new one on the way");
        Assert.That(registry.Get(A.Id)!.Reliability, Is.EqualTo(before));
        Assert.That(Observe(registry, A, now: Now + TimeSpan.FromMinutes(2)), Is.Null);
        Assert.That(registry.Get(A.Id)!.Reliability, Is.LessThan(before / 2));
    }

    [Test]
    public void WhoHasLostEverybodyIsDeserted()
    {
        PeerRegistry registry = Create();
        Assert.That(registry.IsDeserted, Is.False, "nobody has been met yet");
        Observe(registry, A);
        for (int i = 0; i < 3; i++)
            registry.Fail(A.Id, Now);
        Assert.That(registry.IsDeserted);
        Observe(registry, B);
        Assert.That(registry.IsDeserted, Is.False);
        registry.Remove(B.Id);
        Assert.That(registry.IsDeserted, Is.False, "as the application wished");
    }

    [Test]
    public void WhoDiedIsTriedAgainAtGrowingIntervals()
    {
        PeerRegistry registry = Create();
        Observe(registry, A);
        for (int i = 0; i < 3; i++)
            registry.Fail(A.Id, Now);
        List<double> minutes = [];
        for (DateTimeOffset now = Now; now < Now + TimeSpan.FromHours(5); now += TimeSpan.FromSeconds(30))
            if (registry.Contacts(10, now).Count > 0)
                minutes.Add((now - Now).TotalMinutes);
        Assert.That(minutes, Is.EqualTo(new double[] { 1, 2, 4, 8, 16, 32, 64, 124, 184, 244 }));
        PeerInfo back = Observe(registry, A, now: Now + TimeSpan.FromHours(5))!;
        Assert.That((back.FirstSeen, back.IsAlive), Is.EqualTo((Now, true)));
        Assert.That(registry.Contacts(10, Now + TimeSpan.FromDays(1)), Is.Empty);
    }

    [Test]
    public void TheMostUncertainAreSampledFirst()
    {
        PeerRegistry registry = Create(maxPeers: 1000);
        Assert.That(registry.SamplingOrder(Round, Now), Is.Empty);
        Observe(registry, A);
        for (int i = 2; i <= 95; i++)
            Observe(registry, new(i), now: Now + TimeSpan.FromSeconds(i));
        DateTimeOffset now = Now + TimeSpan.FromSeconds(100);
        registry.Fail(new TestPeer(90).Id, now);
        IReadOnlyList<PeerInfo> order = registry.SamplingOrder(Round, now);
        Assert.That(order, Has.Count.EqualTo(95));
        Assert.That(order[0].Id, Is.EqualTo(new TestPeer(90).Id), "who has just failed");
        Assert.That(order[1].Id, Is.EqualTo(A.Id), "then who was asked longest ago");
    }

    [Test]
    public void BeforeTheUncertainComeThoseWhoWereNotHeardOfForNineRounds()
    {
        PeerRegistry registry = Create();
        Observe(registry, A, now: Now - TimeSpan.FromHours(1));
        for (int i = 1; i <= 20; i++)
            registry.Answer(A.Id, TimeSpan.FromMilliseconds(10), Now - 9 * Round);
        Observe(registry, B);
        registry.Fail(B.Id, Now);
        registry.Fail(B.Id, Now);
        Assert.That(registry.SamplingOrder(Round, Now).Select(static peer => peer.Id), Is.EqualTo(new[] { A.Id, B.Id }), "however well known");
        Assert.That(registry.SamplingOrder(2 * Round, Now).Select(static peer => peer.Id), Is.EqualTo(new[] { B.Id, A.Id }));
    }

    [Test]
    public void ARoundIsATenthAndAtLeastOne() => Assert.That(new[] { 0, 1, 10, 11, 95 }.Select(PeerSampling.Share), Is.EqualTo(new[] { 0, 1, 1, 2, 10 }));

    [Test]
    public void EverybodysTurnComes()
    {
        PeerRegistry registry = Create(maxPeers: 1000);
        TestPeer[] peers = [.. Enumerable.Range(1, 200).Select(static number => new TestPeer(number))];
        Dictionary<PeerId, int> asked = peers.ToDictionary(static peer => peer.Id, static _ => 0);
        foreach (TestPeer peer in peers)
            Observe(registry, peer);
        Random random = new(1);
        DateTimeOffset now = Now;
        for (int round = 0; round < 60; round++)
        {
            now += Round;
            foreach (PeerInfo peer in registry.SamplingOrder(Round, now).Take(20))
            {
                asked[peer.Id]++;
                if (random.Next(10) == 0)
                    registry.Fail(peer.Id, now);
                else
                    registry.Answer(peer.Id, TimeSpan.FromMilliseconds(random.Next(10, 300)), now);
            }
        }
        Assert.That(asked.Values.Sum(), Is.EqualTo(60 * 20).Within(60 * 2));
        Assert.That(asked.Values.Min(), Is.GreaterThan(0));
    }

    [Test]
    public void TheDeadAreNotRecommended()
    {
        PeerRegistry registry = Create();
        Observe(registry, A, 1);
        Observe(registry, B, 100);
        registry.Fail(A.Id, Now);
        Assert.Multiple(() =>
        {
            Assert.That(registry.Best(10, null).Select(static peer => peer.Id), Is.EqualTo(new[] { B.Id }));
            Assert.That(registry.ListAlive().Select(static peer => peer.Id), Is.EqualTo(new[] { B.Id }));
            Assert.That(registry.List(), Has.Count.EqualTo(2));
            Assert.That(registry.ReadNeighbors(default, default, true, new (PeerId, PeerEndPoint)[5]), Is.EqualTo(1));
        });
        Assert.That(registry.Answer(A.Id, null, Now));
        Assert.That(registry.Best(10, null), Has.Count.EqualTo(2));
        Assert.That(registry.Answer(C.Id, null, Now), Is.False);
    }

    [Test]
    public void BlameFallsOnWhoWasThere()
    {
        PeerRegistry registry = Create();
        Observe(registry, A);
        registry.Observe(B.Record(endPoints: [A.EndPoint, B.EndPoint]), A.EndPoint, null, "global", Now);
        Observe(registry, C);
        registry.Blame(A.EndPoint, B.Id, Now);
        Assert.That(registry.ListAlive().Select(static peer => peer.Id), Is.EquivalentTo(new[] { B.Id, C.Id }));
        registry.Blame(A.EndPoint, null, Now);
        Assert.That(registry.ListAlive().Select(static peer => peer.Id), Is.EqualTo(new[] { C.Id }));
    }

    [Test]
    public void CoordinatesPredictWhatWasNotMeasured()
    {
        CoordinateTracker tracker = new(new Random(1)), other = new(new Random(2));
        PeerRegistry registry = new(100, new(PeerScoring.Default), Self.Id, TestPeer.Network, tracker);
        for (int i = 0; i < 100; i++)
        {
            registry.Observe(A.Record(), A.EndPoint, TimeSpan.FromMilliseconds(80), "global", Now, other.Current);
            other.Update(tracker.Current, TimeSpan.FromMilliseconds(80));
        }
        PeerInfo near = registry.Observe(B.Record(), B.EndPoint, null, "global", Now, other.Current)!;
        Assert.That(near.Rtt, Is.Null);
        Assert.That(near.PredictedRtt!.Value.TotalMilliseconds, Is.EqualTo(80).Within(4));
        NetworkCoordinate learnt = tracker.Current;
        registry.Answer(B.Id, null, Now, other.Current);
        Assert.That(tracker.Current, Is.EqualTo(learnt), "nothing is learnt where nothing was measured");
    }

    [Test]
    public void AnApplicationReportsWhatItSaw()
    {
        PeerRegistry registry = Create();
        Observe(registry, A, 100);
        Assert.That(registry.Update(B.Id, new() { IsSuccess = true }), Is.False);
        Assert.That(registry.Update(A.Id, new() { ConnectionState = PeerConnectionState.Connected, IsSuccess = false, Rtt = TimeSpan.FromMilliseconds(180), Capacity = new() { Connections = 3 } }));
        PeerInfo peer = registry.Get(A.Id)!;
        Assert.Multiple(() =>
        {
            Assert.That(peer.ConnectionState, Is.EqualTo(PeerConnectionState.Connected));
            Assert.That(peer.Reliability, Is.EqualTo(0.5).Within(1e-9));
            Assert.That(peer.IsAlive);
            Assert.That(peer.Rtt, Is.EqualTo(TimeSpan.FromMilliseconds(110)));
            Assert.That(peer.ObservedCapacity!.Connections, Is.EqualTo(3));
            Assert.That(registry.ListConnected().Single(), Is.SameAs(peer));
        });
        registry.Observe(A.Record(version: 1, endPoints: PeerEndPoint.Parse("10.9.9.9:1")), PeerEndPoint.Parse("10.9.9.9:1"), null, "global", Now);
        Assert.That(registry.ListConnected(), Has.Count.EqualTo(1), "moving does not end a connection");
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new PeerUpdate { Rtt = TimeSpan.FromTicks(-1) });
    }

    [Test]
    public void TheNumbersAddUp()
    {
        PeerRegistry registry = Create();
        Assert.That(registry.GetStatistics(), Is.EqualTo(new PeerStatistics() with { BySource = registry.GetStatistics().BySource, ByRegion = registry.GetStatistics().ByRegion }));
        registry.Observe(A.Record(region: "eu"), A.EndPoint, null, "global", Now);
        registry.Observe(A.Record(region: "eu"), A.EndPoint, null, "local", Now);
        registry.Observe(B.Record(region: "eu"), B.EndPoint, null, "global", Now);
        registry.Observe(C.Record(), C.EndPoint, null, "global", Now);
        registry.Update(A.Id, new() { ConnectionState = PeerConnectionState.Connected });
        registry.Update(B.Id, new() { ConnectionState = PeerConnectionState.Connecting });
        registry.Fail(C.Id, Now);
        PeerStatistics statistics = registry.GetStatistics();
        Assert.Multiple(() =>
        {
            Assert.That((statistics.Total, statistics.Alive, statistics.Connected), Is.EqualTo((3, 2, 1)));
            Assert.That(statistics.BySource, Is.EquivalentTo(new Dictionary<string, int> { ["global"] = 3, ["local"] = 1 }));
            Assert.That(statistics.ByRegion, Is.EquivalentTo(new Dictionary<string, int> { ["eu"] = 2 }));
            Assert.That(statistics.MeanHealth, Is.EqualTo((3 / 4.0 + 2 / 3.0) / 3).Within(1e-9));
        });
    }

    [Test]
    public void APeerThatIsAddedMustProveItself()
    {
        using PeerIdentity identity = PeerIdentity.Create();
        SignedItem record = PeerRecord.Create(identity, TestPeer.Network, new(), [A.EndPoint], SequenceClock.ToSequence(Now));
        PeerRegistry registry = Create();
        Assert.Multiple(() =>
        {
            Assert.That(registry.Add(new() { Id = identity.Id }), Is.False, "no record");
            Assert.That(registry.Add(new() { Id = A.Id, Record = A.Record().Item }), Is.False, "a bad signature");
            Assert.That(registry.Add(new() { Id = A.Id, Record = record, Reliability = 1 }));
            Assert.That(registry.Add(new() { Id = A.Id, Record = record }), Is.False, "twice");
            Assert.That(new PeerRegistry(10, new(PeerScoring.Default), identity.Id, TestPeer.Network).Add(new() { Id = A.Id, Record = record }), Is.False, "itself");
            Assert.That(new PeerRegistry(10, new(PeerScoring.Default), default).Add(new() { Id = A.Id, Record = record }), Is.False, "another network");
            Assert.That(registry.Count, Is.Zero);
        });
        PeerInfo contact = registry.Contacts(10, Now).Single();
        Assert.That((contact.Id, contact.EndPoints[0]), Is.EqualTo((identity.Id, A.EndPoint)));
    }

    [Test]
    public void APeerThatIsAddedWhileItIsDownIsLookedForAsLongAsOneThatWasLost()
    {
        using PeerIdentity identity = PeerIdentity.Create();
        SignedItem record = PeerRecord.Create(identity, TestPeer.Network, new() { Timing = new() { RecordLifetime = TimeSpan.FromHours(24) } }, [A.EndPoint], SequenceClock.ToSequence(Now));
        PeerRegistry registry = new(100, new(PeerScoring.Default), Self.Id, TestPeer.Network, now: Now);
        Assert.That(registry.Add(new() { Id = identity.Id, Record = record }));
        Assert.That(registry.Contacts(10, Now), Has.Count.EqualTo(1), "in vain");
        registry.CleanUp(Now + TimeSpan.FromSeconds(30), TimeSpan.FromHours(1));
        DateTimeOffset later = Now + TimeSpan.FromMinutes(2);
        Assert.That(registry.Contacts(10, later), Has.Count.EqualTo(1));
        PeerRegistry next = new(100, new(PeerScoring.Default), Self.Id, TestPeer.Network, now: later);
        Assert.That(next.Restore(registry.Export(), later), Is.EqualTo(1), "after a restart too");
        Assert.That(PeerRecord.TryParse(record, TestPeer.Network, Now, out PeerRecord? said, out _));
        foreach (PeerRegistry each in (PeerRegistry[])[registry, next])
            Assert.That(each.Observe(said!, A.EndPoint, null, "global", later), Is.Not.Null.And.Property(nameof(PeerInfo.FirstSeen)).EqualTo(later), "never verified before");
        registry.Remove(identity.Id);
        Assert.That(registry.Add(new() { Id = identity.Id, Record = record }));
        registry.CleanUp(later + PeerMemory.Keep + TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Assert.That(registry.Contacts(10, later + PeerMemory.Keep + TimeSpan.FromSeconds(1)), Is.Empty);
    }

    [Test]
    public void ManyThreadsKeepItWhole()
    {
        const int Peers = 60, Room = 40;
        TestPeer[] peers = [.. Enumerable.Range(1, Peers).Select(static number => new TestPeer(number))];
        PeerRecord[] records = [.. peers.Select(static peer => peer.Record(lifetime: TimeSpan.FromHours(24)))];
        PeerRegistry registry = new(Room, new(PeerScoring.Default), default, TestPeer.Network, new CoordinateTracker(new Random(1)));
        using PeerWatch watch = registry.Watch(static () => { });
        Parallel.For(0, 4, thread =>
        {
            Random random = new(thread);
            for (int i = 0; i < 3000; i++)
            {
                int index = random.Next(Peers);
                DateTimeOffset now = Now + TimeSpan.FromSeconds(i);
                PeerId id = peers[index].Id;
                switch (random.Next(10))
                {
                    case 0: registry.Fail(id, now); break;
                    case 1: registry.Offend(id, PeerOffence.Flood, now); break;
                    case 2: registry.Rescore(now); break;
                    case 3: registry.CleanUp(now, TimeSpan.FromMinutes(5)); break;
                    case 4: registry.Remove(id); break;
                    case 5: registry.Update(id, new() { ConnectionState = (PeerConnectionState)random.Next(3), IsSuccess = random.Next(2) == 0 }); break;
                    case 6: registry.Blame(peers[index].EndPoint, null, now); break;
                    default: registry.Observe(records[index], peers[index].EndPoint, TimeSpan.FromMilliseconds(random.Next(300)), "global", now, NetworkCoordinate.Origin); break;
                }
                IReadOnlyList<PeerInfo> list = registry.List();
                if (list.Count > Room || registry.Best(10, null).Count > 10 || registry.Contacts(5, now).Count > 5 || registry.Export().Count > 2 * Room || registry.GetStatistics().Total > Room
                    || list.Zip(list.Skip(1)).Any(static pair => pair.First.Score < pair.Second.Score) || list.DistinctBy(static peer => peer.Id).Count() != list.Count)
                    Assert.Fail("A reader saw too much, the wrong order or doubles.");
            }
        });
        Dictionary<PeerId, PeerInfo> told = [];
        while (watch.TryRead(null, out PeerEvent? change))
            if (change.Kind == PeerEventKind.Lost)
                told.Remove(change.Peer.Id);
            else
                told[change.Peer.Id] = change.Peer;
        Assert.That(told.Values, Is.EquivalentTo(registry.List()), "whoever acts on all events has the true set");
    }

    private static PeerRegistry Create(int maxPeers = 100) => new(maxPeers, new(PeerScoring.Default), Self.Id, TestPeer.Network);

    private static PeerInfo? Observe(PeerRegistry registry, TestPeer peer, int milliseconds = 10, DateTimeOffset? now = null) =>
        registry.Observe(peer.Record(lifetime: TimeSpan.FromHours(24)), peer.EndPoint, TimeSpan.FromMilliseconds(milliseconds), "global", now ?? Now);

    private static List<(PeerId, PeerLossReason?)> ReadLost(PeerWatch watch)
    {
        List<(PeerId, PeerLossReason?)> lost = [];
        while (watch.TryRead(null, out PeerEvent? change))
            if (change.Kind == PeerEventKind.Lost)
                lost.Add((change.Peer.Id, change.Reason));
        return lost;
    }
}
