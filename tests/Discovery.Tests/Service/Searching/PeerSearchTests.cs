using Discovery.Service;
using Discovery.Tests.Support;

namespace Discovery.Tests.Service;

/// <summary>What holds for every strategy.</summary>
[TestFixture(DiscoveryStrategy.LocalFirst)]
[TestFixture(DiscoveryStrategy.Balanced)]
[TestFixture(DiscoveryStrategy.Hybrid)]
public sealed class PeerSearchTests(DiscoveryStrategy strategy)
{
    private SearchWorld _world = null!;

    [SetUp]
    public void Create() => _world = new(strategy);

    [TearDown]
    public void Remove() => _world.Dispose();

    [Test]
    public async Task ResultsMatchAreNotTooManyAndComeBestFirst([Range(1, 20)] int seed)
    {
        Random random = new(seed);
        ScriptedPeer[] peers = [.. Enumerable.Range(0, 40).Select(_ => _world.Peer(Math.Round(random.NextDouble(), 2), random.Next(300), random.Next(4) == 0))];
        for (int i = 0; i < 6; i++)
        {
            ScriptedPeer[] seen = [.. peers.Where(_ => random.Next(3) == 0)];
            _world.Layer($"layer {i}", (DiscoveryScope)random.Next(3), random.Next(500), seen).Error = random.Next(4) == 0 ? new IOException("broken") : null;
        }
        _world.Know($"layer {random.Next(6)}", [.. peers.Where(peer => !peer.IsDead && random.Next(4) == 0)]);
        double least = random.NextDouble() / 2;
        int count = random.Next(1, 20);
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(count, new() { Predicate = peer => peer.Score >= least });
        PeerInfo[] found = [.. outcome.Peers.Select(static found => found.Peer)];
        Assert.Multiple(() =>
        {
            Assert.That(found, Has.Length.LessThanOrEqualTo(count));
            Assert.That(found.Select(static peer => peer.Id), Is.Unique.And.SubsetOf(peers.Where(peer => !peer.IsDead && peer.Score >= least).Select(static peer => peer.Id)));
            Assert.That(found.Select(static peer => peer.Score), Is.Ordered.Descending);
            Assert.That(outcome.Failures.Select(static failure => failure.Exception), Is.All.InstanceOf<IOException>());
            Assert.That(elapsed, Is.LessThan(_world.Options.Timing.DiscoveryTimeout));
        });
        // Whoever comes up short has heard everybody.
        if (found.Length < count)
        {
            (SearchOutcome all, _) = await _world.RunAsync(1000, new() { Predicate = peer => peer.Score >= least });
            Assert.That(found.Select(static peer => peer.Id), Is.EquivalentTo(all.Peers.Select(static found => found.Peer.Id)));
        }
    }

    [Test]
    public async Task TenPeersOfOneNetworkDoNotFillAResult()
    {
        ScriptedPeer[] spread = _world.Peers(4, 0.6, 0.5), alike = [.. Enumerable.Range(0, 10).Select(_ => _world.PeerOf(network: 200, score: 0.7))];
        _world.Know("global", [.. alike, .. spread]);
        (SearchOutcome outcome, _) = await _world.RunAsync(5);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers.Count(found => alike.Any(peer => peer.Id == found.Peer.Id)), Is.EqualTo(1));
            Assert.That(outcome.Peers[0].Peer.Score, Is.EqualTo(0.7));
        });
    }

    [Test]
    public async Task TenPeersOfOneNetworkDoNotFillAResultOfThoseNewlyFoundEither()
    {
        ScriptedPeer[] spread = _world.Peers(9, 0.6, 0.5), alike = [.. Enumerable.Range(0, 40).Select(_ => _world.PeerOf(network: 200, score: 0.7))];
        _world.Layer("crowd", DiscoveryScope.Global, 1, alike);
        _world.Layer("other", DiscoveryScope.Global, 50, spread);
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(10);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers, Has.Count.EqualTo(10));
            Assert.That(outcome.Peers.Count(found => alike.Any(peer => peer.Id == found.Peer.Id)), Is.LessThanOrEqualTo(3));
            Assert.That(elapsed, Is.LessThan(_world.Options.Timing.HybridGrace + SearchWorld.Tolerance));
        });
    }

    [Test]
    public async Task WhereThereIsOneNetworkOnlyTheGraceIsAllThatItCosts()
    {
        _world.Add(new("layer", DiscoveryScope.Local, _world.Time, [.. Enumerable.Range(0, 20).Select(_ => (TimeSpan.Zero, _world.PeerOf(network: 200, score: 0.7).EndPoint))]) { Hangs = true });
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(10);
        Assert.That(outcome.Peers, Has.Count.EqualTo(10));
        Assert.That(elapsed, Is.LessThan(_world.Options.Timing.HybridGrace + SearchWorld.Tolerance));
    }

    [Test]
    public async Task ALayerThatLiesAboutWhoIsThereHidesNobody()
    {
        ScriptedPeer peer = _world.Peer(0.5, 10), other = _world.Peer(0.5);
        foreach (DiscoveryScope scope in SearchStrategies.Scopes)
        {
            _world.Add(new($"liar {scope}", scope, _world.Time, [(TimeSpan.Zero, peer.EndPoint)]) { Claims = other.Id });
            _world.Layer($"honest {scope}", scope, 50, peer);
        }
        (SearchOutcome outcome, _) = await _world.RunAsync(1);
        Assert.That(outcome.Peers.Select(static found => found.Peer.Id), Is.EqualTo(new[] { peer.Id }));
    }

    [Test]
    public async Task APeerThatSeveralLayersSightIsProvenOnce()
    {
        ScriptedPeer peer = _world.Peer(0.5, 10);
        for (int i = 0; i < 9; i++)
            _world.Layer($"layer {i}", (DiscoveryScope)(i % 3), i, peer);
        (SearchOutcome outcome, _) = await _world.RunAsync(5);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers, Has.Count.EqualTo(1));
            Assert.That(_world.Proofs, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task KnownPeersAreProvenAnewTheBestFirst()
    {
        ScriptedPeer[] peers = _world.Peers(100, 1, 0.01);
        ScriptedLayer layer = _world.Layer("global", DiscoveryScope.Global, 100_000);
        _world.Know("global", peers);
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(5);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers, Has.Count.EqualTo(5));
            Assert.That(outcome.Peers.Select(static found => found.Peer.Id), Is.SubsetOf(peers.Take(10).Select(static peer => peer.Id)));
            Assert.That(outcome.Peers.Select(static found => found.Layer), Is.All.EqualTo(PeerSearch.Registry));
            Assert.That(elapsed, Is.LessThan(_world.Options.Timing.HybridGrace + SearchWorld.Tolerance));
            Assert.That(_world.Proofs, Is.EqualTo(10));
            Assert.That(_world.Registry.Get(peers[0].Id)!.Sources, Is.EqualTo(new[] { "global" }));
            Assert.That(layer.Asked, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task ADeadPeerThatIsKnownIsNotReturned()
    {
        ScriptedPeer dead = _world.Peer(1, 500, isDead: true), alive = _world.Peer(0.1, 10);
        _world.Know("global", dead, alive);
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(2);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers.Select(static found => found.Peer.Id), Is.EqualTo(new[] { alive.Id }));
            Assert.That(elapsed, Is.EqualTo(TimeSpan.FromMilliseconds(500)).Within(SearchWorld.Tolerance));
        });
        _world.Registry.Fail(alive.Id, _world.Time.GetUtcNow());
        (outcome, _) = await _world.RunAsync(2);
        Assert.That(outcome.Peers, Is.Empty, "it was proven a moment ago, and has failed since");
    }

    [Test]
    public async Task ALayerThatFailsIsLeftAloneForAWhile()
    {
        ScriptedPeer peer = _world.Peer(0.5);
        ScriptedLayer broken = _world.Layer("broken", DiscoveryScope.Local, 0), good = _world.Layer("good", DiscoveryScope.Global, 0, peer);
        broken.Error = new IOException("broken");
        List<TimeSpan> pauses = [];
        TimeSpan last = default;
        for (int searches = 0; _world.Time.Elapsed < TimeSpan.FromMinutes(20); searches++)
        {
            int asked = broken.Asked;
            (SearchOutcome outcome, _) = await _world.RunAsync(2);
            Assert.That(outcome.Failures.Select(static failure => (failure.Layer, failure.Exception)), Is.EqualTo(new[] { ("broken", (Exception)broken.Error) }), "asked or not, its answers are missing");
            Assert.That(good.Asked, Is.EqualTo(searches + 1));
            if (broken.Asked > asked && searches > 0)
                pauses.Add(_world.Time.Elapsed - last);
            if (broken.Asked > asked)
                last = _world.Time.Elapsed;
            _world.Time.Advance(TimeSpan.FromSeconds(0.5));
        }
        Assert.Multiple(() =>
        {
            Assert.That(pauses, Is.All.InRange(LayerBackoff.FirstDelay, LayerBackoff.LongestDelay + TimeSpan.FromSeconds(1)));
            Assert.That(pauses.Max(), Is.GreaterThan(TimeSpan.FromSeconds(20)));
            Assert.That(pauses.Distinct().Count(), Is.GreaterThan(pauses.Count / 2), "jitter");
        });
        broken.Error = null;
        _world.Time.Advance(LayerBackoff.LongestDelay);
        (SearchOutcome well, _) = await _world.RunAsync(2);
        Assert.That(well.Failures, Is.Empty);
    }

    [Test]
    public async Task ALayerThatHangsIsToldOfAndLeftAloneForAWhile()
    {
        ScriptedLayer silent = _world.Add(new("silent", DiscoveryScope.Global, _world.Time, []) { Hangs = true });
        (SearchOutcome outcome, _) = await _world.RunAsync(1);
        DiscoveryPartHealth health = _world.Context.Layers[0].Monitor.Read();
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Failures.Single().Exception, Is.InstanceOf<TimeoutException>());
            Assert.That(health.Status, Is.EqualTo(DiscoveryStatus.Unhealthy));
            Assert.That(health.LastError, Is.SameAs(outcome.Failures.Single().Exception));
        });
        (SearchOutcome again, TimeSpan elapsed) = await _world.RunAsync(1);
        Assert.Multiple(() =>
        {
            Assert.That(silent.Asked, Is.EqualTo(1));
            Assert.That(again.Failures.Single().Exception, Is.InstanceOf<TimeoutException>());
            Assert.That(elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
        });
    }

    [Test]
    public async Task ALayerThatGoesOnWatchingIsOfUseFromItsFirstSighting()
    {
        ScriptedPeer first = _world.Peer(0.5), second = _world.Peer(0.6);
        ScriptedLayer watcher = _world.Add(new("watcher", DiscoveryScope.Global, _world.Time, [(TimeSpan.Zero, first.EndPoint), (TimeSpan.FromSeconds(1), second.EndPoint)]) { Hangs = true });
        PartMonitor monitor = _world.Context.Layers[0].Monitor;
        monitor.Failed(new IOException("once"));
        _world.Context.Layers[0].Backoff.Failed(watcher, new IOException("once"));
        _world.Time.Advance(LayerBackoff.LongestDelay);
        (SearchOutcome outcome, _) = await _world.RunAsync(2);
        Assert.That(outcome.Peers, Has.Count.EqualTo(2));
        Assert.That(monitor.Read().Status, Is.EqualTo(DiscoveryStatus.Healthy));
        (outcome, _) = await _world.RunAsync(10);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Failures, Has.Count.EqualTo(1), "what it would have sighted later is missing");
            Assert.That(monitor.Read().Status, Is.EqualTo(DiscoveryStatus.Healthy));
            Assert.That(_world.Context.Layers[0].Backoff.Refuse(watcher), Is.Null);
        });
    }

    [Test]
    public async Task ALayerThatThrowsWhenItIsToldToStopTroublesNobody()
    {
        _world.Add(new("layer", DiscoveryScope.Global, _world.Time, []) { Hangs = true, WhenTold = static () => throw new InvalidOperationException("told") });
        PeerQuery query = SearchWorld.Query(1);
        SharedSearches.Share share = _world.Searches.Join(new(query), query);
        TimeSpan start = _world.Time.Elapsed;
        await _world.Time.AdvanceUntilAsync(() => _world.Time.Elapsed - start > TimeSpan.FromMilliseconds(100));
        await _world.LeaveAsync(share);
        Assert.That((await share.Search.Outcome).Peers, Is.Empty);
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(1);
        Assert.That(outcome.Failures, Has.Count.EqualTo(1));
        Assert.That(elapsed, Is.LessThan(_world.Options.Timing.DiscoveryTimeout + SearchWorld.Tolerance));
    }

    [Test]
    public async Task ALayerThatBlocksWhenItIsToldToStopHoldsUpNobody()
    {
        using ManualResetEventSlim free = new();
        ScriptedLayer layer = _world.Add(new("layer", DiscoveryScope.Global, _world.Time, []) { Hangs = true, WhenTold = free.Wait });
        PeerQuery query = SearchWorld.Query(1);
        SharedSearches.Share share = _world.Searches.Join(new(query), query);
        await _world.Time.AdvanceUntilAsync(() => layer.Asked == 1);
        Task leaving = share.DisposeAsync().AsTask();
        TimeSpan start = _world.Time.Elapsed;
        // The pool does not come to rest: time goes on beside it.
        while (!leaving.IsCompleted && _world.Time.Elapsed - start < TimeSpan.FromHours(1))
        {
            _world.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
        bool hasLeft = leaving.IsCompletedSuccessfully;
        free.Set();
        Assert.That(hasLeft);
    }

    [Test]
    public async Task ReadersOfOneSearchAllSeeEverybodyAndTheLastToLeaveEndsIt()
    {
        ScriptedPeer[] peers = [_world.Peer(0.5, 10), _world.Peer(0.6, 50), _world.Peer(0.7, 90)];
        ScriptedLayer layer = _world.Add(new("layer", DiscoveryScope.Global, _world.Time, [.. peers.Select(static peer => (TimeSpan.Zero, peer.EndPoint))]) { Hangs = true });
        PeerQuery query = SearchWorld.Query();
        SharedSearches.Share first = _world.Searches.Join(new(query), query), second = _world.Searches.Join(new(query with { }), query);
        Assert.That(second.Search, Is.SameAs(first.Search));
        List<PeerId> firstRead = [], secondRead = [];
        Task firstReading = ReadAsync(first, firstRead, 1), secondReading = ReadAsync(second, secondRead, 3);
        await _world.Time.AdvanceUntilAsync(() => firstReading.IsCompleted);
        await _world.LeaveAsync(first);
        Assert.That((first.Search.IsOver, layer.Left, secondReading.IsCompleted), Is.EqualTo((false, 0, false)));
        SharedSearches.Share late = _world.Searches.Join(new(query), query);
        List<PeerId> lateRead = [];
        Task lateReading = ReadAsync(late, lateRead, 3);
        await _world.Time.AdvanceUntilAsync(() => secondReading.IsCompleted && lateReading.IsCompleted);
        await _world.LeaveAsync(second);
        Assert.That(layer.Left, Is.Zero);
        await _world.LeaveAsync(late);
        Assert.Multiple(() =>
        {
            Assert.That(firstRead, Is.EqualTo(new[] { peers[0].Id }));
            Assert.That(secondRead, Is.EqualTo(peers.Select(static peer => peer.Id)));
            Assert.That(lateRead, Is.EqualTo(secondRead));
            Assert.That((layer.Asked, layer.Left), Is.EqualTo((1, 1)));
            Assert.That(late.Search.IsOver, Is.True);
        });
        SharedSearches.Share next = _world.Searches.Join(new(query), query);
        Assert.That(next.Search, Is.Not.SameAs(late.Search));
        await _world.LeaveAsync(next);
    }

    private static async Task ReadAsync(SharedSearches.Share share, List<PeerId> read, int count)
    {
        await foreach (PeerInfo peer in share.Search.ReadAsync(CancellationToken.None))
        {
            read.Add(peer.Id);
            if (read.Count == count)
                break;
        }
    }
}
