using Discovery.Service;

namespace Discovery.Tests.Service;

public sealed class HybridStrategyTests
{
    private SearchWorld _world = null!;

    [SetUp]
    public void Create() => _world = new(DiscoveryStrategy.Hybrid, new() { HybridGrace = TimeSpan.FromSeconds(1) });

    [TearDown]
    public void Remove() => _world.Dispose();

    [Test]
    public async Task TheFirstGoodAnswersWinAfterTheGrace()
    {
        ScriptedPeer[] fast = _world.Peers(2, 0.6, 0.5, 200), late = _world.Peers(2, 1, 0.9, 2000);
        _world.Layer("local", DiscoveryScope.Local, 0, fast);
        _world.Layer("global", DiscoveryScope.Global, 0, late);
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(2);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers.Select(static found => found.Peer.Id), Is.EqualTo(fast.Select(static peer => peer.Id)));
            Assert.That(elapsed, Is.EqualTo(TimeSpan.FromMilliseconds(1200)).Within(SearchWorld.Tolerance));
        });
    }

    [Test]
    public async Task BetterOnesThatComeALittleLaterReplaceTheWeakest()
    {
        ScriptedPeer strong = _world.Peer(0.8, 500), weak = _world.Peer(0.1, 500), weaker = _world.Peer(0.05, 700), better = _world.Peer(0.9, 1200), tooLate = _world.Peer(1, 3000);
        _world.Layer("local", DiscoveryScope.Local, 0, strong, weak, weaker);
        _world.Layer("global", DiscoveryScope.Global, 0, better, tooLate);
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(2);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers.Select(static found => found.Peer.Id), Is.EqualTo(new[] { better.Id, strong.Id }));
            Assert.That(elapsed, Is.EqualTo(TimeSpan.FromMilliseconds(2000)).Within(SearchWorld.Tolerance), "enough at 500, better at 1200, nothing until 500 + 500 + 1000");
        });
    }

    [Test]
    public async Task NothingIsWaitedForWhenNobodyIsLeftToAnswer()
    {
        _world.Layer("local", DiscoveryScope.Local, 5, _world.Peers(3, 1, 0.5, 10));
        (SearchOutcome two, TimeSpan elapsed) = await _world.RunAsync(2);
        (SearchOutcome known, TimeSpan none) = await _world.RunAsync(3);
        Assert.Multiple(() =>
        {
            Assert.That(two.Peers, Has.Count.EqualTo(2));
            Assert.That(elapsed, Is.EqualTo(TimeSpan.FromMilliseconds(15)).Within(SearchWorld.Tolerance));
            Assert.That(known.Peers.Select(static found => found.Layer), Is.All.EqualTo(PeerSearch.Registry));
            Assert.That(none, Is.EqualTo(TimeSpan.Zero));
        });
    }

    [Test]
    public async Task EverBetterAnswersDoNotHoldUpTheResultForEver()
    {
        // One every 500 ms, each better than all before.
        ScriptedPeer[] peers = [.. Enumerable.Range(1, 100).Select(i => _world.Peer(i / 100.0, 500 * i))];
        _world.Layer("global", DiscoveryScope.Global, 0, peers);
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(4);
        Assert.Multiple(() =>
        {
            Assert.That(elapsed, Is.EqualTo(TimeSpan.FromMilliseconds(5000)).Within(SearchWorld.Tolerance), "twice the 2000 of the first four, and the grace");
            Assert.That(outcome.Peers[0].Peer.Score, Is.EqualTo(0.1).Within(0.011));
            Assert.That(outcome.Peers, Has.Count.EqualTo(4));
        });
    }

    [Test]
    public async Task ShortOfPeersItGoesOnUntilTheDeadline()
    {
        ScriptedPeer only = _world.Peer(0.5);
        _world.Add(new("global", DiscoveryScope.Global, _world.Time, [(TimeSpan.Zero, only.EndPoint)]) { Hangs = true });
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(2);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers.Single().Peer.Id, Is.EqualTo(only.Id));
            Assert.That(elapsed, Is.EqualTo(_world.Options.Timing.DiscoveryTimeout).Within(SearchWorld.Tolerance));
            Assert.That(outcome.Failures.Single().Exception, Is.InstanceOf<TimeoutException>());
        });
    }
}
