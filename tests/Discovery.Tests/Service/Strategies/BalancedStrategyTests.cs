using Discovery.Service;

namespace Discovery.Tests.Service;

public sealed class BalancedStrategyTests
{
    private SearchWorld _world = null!;

    [SetUp]
    public void Create() => _world = new(DiscoveryStrategy.Balanced);

    [TearDown]
    public void Remove() => _world.Dispose();

    [TestCase(9, 3, 3, 3)]
    [TestCase(10, 4, 3, 3)]
    [TestCase(11, 4, 4, 3)]
    [TestCase(1, 1, 0, 0)]
    public async Task EachScopeHasItsShareHoweverGoodTheOthersAre(int count, int local, int regional, int global)
    {
        ScriptedPeer[] near = _world.Peers(20, 1, 0.9), nearby = _world.Peers(20, 0.6, 0.5), far = _world.Peers(20, 0.2, 0.1, 200);
        ScriptedLayer[] layers =
        [
            _world.Layer("local", DiscoveryScope.Local, 1, near),
            _world.Layer("regional", DiscoveryScope.Regional, 30, nearby),
            _world.Layer("global", DiscoveryScope.Global, 300, far),
        ];
        (SearchOutcome outcome, _) = await _world.RunAsync(count);
        Assert.Multiple(() =>
        {
            Assert.That(CountOf(outcome), Is.EqualTo((local, regional, global)));
            Assert.That(outcome.Peers.Select(static found => found.Peer.Score), Is.Ordered.Descending);
            Assert.That(layers.Select(static layer => layer.AskedAt.Single()), Is.All.EqualTo(TimeSpan.Zero).Within(SearchWorld.Tolerance), "all at once");
            Assert.That(outcome.Peers.Where(static found => found.Layer == "local").Select(static found => found.Peer.Id), Is.EqualTo(near.Take(local).Select(static peer => peer.Id)), "the best of each");
        });
    }

    [TestCase(0, 20, 20, 0, 6, 3)]
    [TestCase(1, 20, 20, 1, 5, 3)]
    [TestCase(20, 1, 20, 5, 1, 3)]
    [TestCase(20, 20, 0, 6, 3, 0)]
    [TestCase(1, 1, 20, 1, 1, 7)]
    [TestCase(1, 2, 3, 1, 2, 3)]
    public async Task WhatAScopeCannotFillFlowsToTheBestOfTheRest(int locals, int regionals, int globals, int local, int regional, int global)
    {
        // Those that come up short are the last to say so: by then all of the others are known.
        _world.Layer("local", DiscoveryScope.Local, TimeOf(locals), _world.Peers(locals, 1, 0.9));
        _world.Layer("regional", DiscoveryScope.Regional, TimeOf(regionals), _world.Peers(regionals, 0.6, 0.5));
        _world.Layer("global", DiscoveryScope.Global, TimeOf(globals), _world.Peers(globals, 0.2, 0.1));
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(9);
        Assert.Multiple(() =>
        {
            Assert.That(CountOf(outcome), Is.EqualTo((local, regional, global)));
            Assert.That(elapsed, Is.EqualTo(TimeSpan.FromMilliseconds(500)).Within(SearchWorld.Tolerance));
        });

        static double TimeOf(int peers) => peers < 3 ? 500 : 20;
    }

    [Test]
    public async Task AScopeThatIsShortIsWaitedForAndNotForEver()
    {
        ScriptedLayer local = _world.Add(new("local", DiscoveryScope.Local, _world.Time, []) { Hangs = true });
        _world.Layer("global", DiscoveryScope.Global, 1, _world.Peers(9, 1, 0.1));
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(4);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers, Has.Count.EqualTo(4));
            Assert.That(elapsed, Is.InRange(_world.Options.Timing.ScopePatience, _world.Options.Timing.DiscoveryTimeout - SearchWorld.Tolerance));
            Assert.That(outcome.Failures, Is.Empty);
            Assert.That(local.Left, Is.EqualTo(1));
        });
    }

    private static (int Local, int Regional, int Global) CountOf(SearchOutcome outcome)
    {
        Dictionary<string, int> counts = outcome.Peers.CountBy(static found => found.Layer).ToDictionary();
        return (counts.GetValueOrDefault("local"), counts.GetValueOrDefault("regional"), counts.GetValueOrDefault("global"));
    }
}
