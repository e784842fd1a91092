using Discovery.Service;

namespace Discovery.Tests.Service;

public sealed class LocalFirstStrategyTests
{
    private SearchWorld _world = null!;

    [SetUp]
    public void Create() => _world = new(DiscoveryStrategy.LocalFirst);

    [TearDown]
    public void Remove() => _world.Dispose();

    [Test]
    public async Task WhenTheLocalLayersHaveEnoughNobodyElseIsAsked()
    {
        ScriptedPeer[] near = _world.Peers(3, 0.3, 0.1), far = _world.Peers(3, 1, 0.9);
        ScriptedLayer local = _world.Layer("local", DiscoveryScope.Local, 10, near);
        ScriptedLayer regional = _world.Layer("regional", DiscoveryScope.Regional, 10, far), global = _world.Layer("global", DiscoveryScope.Global, 1, far);
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(3);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers.Select(static found => found.Peer.Id), Is.EqualTo(near.Select(static peer => peer.Id)));
            Assert.That(outcome.Peers.Select(static found => found.Layer), Is.All.EqualTo("local"));
            Assert.That((local.Asked, regional.Asked, global.Asked), Is.EqualTo((1, 0, 0)));
            Assert.That(elapsed, Is.EqualTo(TimeSpan.FromMilliseconds(11)).Within(SearchWorld.Tolerance));
        });
    }

    [Test]
    public async Task EachScopeIsAskedOnlyWhenTheNearerOnesAreOverAndShort()
    {
        ScriptedPeer[] near = _world.Peers(2, 0.3, 0.2), nearby = _world.Peers(3, 0.5, 0.4), far = _world.Peers(9, 1, 0.8);
        ScriptedLayer local = _world.Layer("local", DiscoveryScope.Local, 10, near);
        ScriptedLayer regional = _world.Layer("regional", DiscoveryScope.Regional, 20, nearby), global = _world.Layer("global", DiscoveryScope.Global, 30, far);
        (SearchOutcome five, _) = await _world.RunAsync(5);
        Assert.Multiple(() =>
        {
            Assert.That(five.Peers.Select(static found => found.Peer.Id), Is.EqualTo(nearby.Concat(near).Select(static peer => peer.Id)), "best first, whatever the scope");
            Assert.That(local.AskedAt, Is.EqualTo(new[] { TimeSpan.Zero }).Within(SearchWorld.Tolerance));
            Assert.That(regional.AskedAt, Is.EqualTo(new[] { TimeSpan.FromMilliseconds(11) }).Within(SearchWorld.Tolerance), "when the last local sighting was proven");
            Assert.That(global.Asked, Is.Zero);
        });
        (SearchOutcome seven, _) = await _world.RunAsync(7);
        Assert.Multiple(() =>
        {
            Assert.That(global.Asked, Is.EqualTo(1));
            Assert.That(seven.Peers.Select(static found => found.Peer.Id), Is.SupersetOf(near.Concat(nearby).Select(static peer => peer.Id)), "the far ones are better, and only fill up");
            Assert.That(seven.Peers, Has.Count.EqualTo(7));
        });
    }

    [Test]
    public async Task ALayerThatHangsDelaysTheNextScopeAndIsStillHeard()
    {
        ScriptedPeer[] near = _world.Peers(1, 0.1, 0.1), far = _world.Peers(1, 1, 1);
        ScriptedLayer local = _world.Add(new("local", DiscoveryScope.Local, _world.Time, [(TimeSpan.FromSeconds(3), near[0].EndPoint)]) { Hangs = true });
        ScriptedLayer global = _world.Layer("global", DiscoveryScope.Global, 1500, far);
        (SearchOutcome outcome, TimeSpan elapsed) = await _world.RunAsync(2);
        Assert.Multiple(() =>
        {
            Assert.That(global.AskedAt, Is.EqualTo(new[] { _world.Options.Timing.ScopePatience }).Within(SearchWorld.Tolerance));
            Assert.That(outcome.Peers.Select(static found => found.Layer), Is.EqualTo(new[] { "global", "local" }));
            Assert.That(elapsed, Is.EqualTo(TimeSpan.FromMilliseconds(3501)).Within(SearchWorld.Tolerance));
            Assert.That(local.Left, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task KnownPeersCountInTheScopeThatSawThem()
    {
        ScriptedPeer[] near = _world.Peers(2, 0.3, 0.2), far = _world.Peers(2, 1, 0.9);
        ScriptedLayer local = _world.Layer("local", DiscoveryScope.Local, 10, near), global = _world.Layer("global", DiscoveryScope.Global, 10, far);
        _world.Know("global", far);
        (SearchOutcome first, _) = await _world.RunAsync(2);
        Assert.Multiple(() =>
        {
            Assert.That(first.Peers.Select(static found => found.Layer), Is.EqualTo(new[] { "local", "local" }), "far ones, known or not, are not the local ones");
            Assert.That((local.Asked, global.Asked), Is.EqualTo((1, 0)));
        });
        (SearchOutcome again, TimeSpan elapsed) = await _world.RunAsync(2);
        (SearchOutcome four, _) = await _world.RunAsync(4);
        Assert.Multiple(() =>
        {
            Assert.That(again.Peers.Select(static found => (found.Peer.Id, found.Layer)), Is.EqualTo(near.Select(static peer => (peer.Id, PeerSearch.Registry))));
            Assert.That(elapsed, Is.EqualTo(TimeSpan.Zero));
            Assert.That(four.Peers.Select(static found => found.Peer.Id), Is.EqualTo(far.Concat(near).Select(static peer => peer.Id)));
            Assert.That((local.Asked, global.Asked), Is.EqualTo((2, 0)), "the third search looked for more local ones, and had enough then");
        });
    }

    [Test]
    public async Task WhoeverIsNearIsNearWhoeverSightedItFirst()
    {
        ScriptedPeer near = _world.Peer(0.1, 100), far = _world.Peer(1, 100);
        _world.Know("global", near);
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        _world.Layer("local", DiscoveryScope.Local, 0, near);
        ScriptedLayer global = _world.Layer("global", DiscoveryScope.Global, 0, far);
        (SearchOutcome outcome, _) = await _world.RunAsync(1);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Peers.Select(static found => found.Peer.Id), Is.EqualTo(new[] { near.Id }));
            Assert.That(global.Asked, Is.Zero);
        });
    }
}
