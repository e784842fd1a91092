using Discovery.Service;

namespace Discovery.Tests.Service;

public sealed class RecentSearchesTests
{
    private static readonly DiscoveryFailure Failure = new("layer", new IOException());

    private SearchWorld _world = null!;

    [SetUp]
    public void Create() => _world = new(DiscoveryStrategy.Hybrid);

    [TearDown]
    public void Remove() => _world.Dispose();

    [Test]
    public void AnOutcomeAnswersAsThePeersAreNowAndForAMoment()
    {
        ScriptedPeer[] peers = Known(2);
        SearchKey key = Note(5, new(Found(peers), []));
        SearchOutcome? recent = _world.Recent.Find(key, new());
        Assert.Multiple(() =>
        {
            Assert.That(recent!.Peers.Select(static found => (found.Peer.Id, found.Layer)), Is.EqualTo(peers.Select(static peer => (peer.Id, PeerSearch.Registry))));
            Assert.That(recent.Peers.Select(static found => found.Peer.Reliability), Is.All.GreaterThan(0), "what the registry says, not what was found");
            Assert.That(_world.Recent.Find(new(SearchWorld.Query(4)), new()), Is.Null);
        });
        _world.Time.Advance(_world.Options.Timing.ResultLifetime - TimeSpan.FromTicks(1));
        Assert.That(_world.Recent.Find(key, new()), Is.Not.Null);
        _world.Time.Advance(TimeSpan.FromTicks(1));
        Assert.That(_world.Recent.Find(key, new()), Is.Null);
    }

    [Test]
    public void ItIsOfNoUseOnceSomebodyInItIsGoneOrDoesNotMatch()
    {
        ScriptedPeer[] peers = Known(2);
        SearchKey key = Note(2, new(Found(peers), []));
        Assert.That(_world.Recent.Find(key, new() { Predicate = peer => peer.Id != peers[1].Id }), Is.Null);
        _world.Registry.Fail(peers[0].Id, _world.Time.GetUtcNow());
        Assert.That(_world.Recent.Find(key, new()), Is.Null, "silent");
        _world.Know("layer", peers);
        Assert.That(_world.Recent.Find(key, new()), Is.Not.Null);
        _world.Registry.Remove(peers[1].Id);
        Assert.That(_world.Recent.Find(key, new()), Is.Null, "gone");
    }

    [Test]
    public void WhatIsShortBecauseSomethingFailedIsNotKept()
    {
        ScriptedPeer[] peers = Known(2);
        Assert.Multiple(() =>
        {
            Assert.That(_world.Recent.Find(Note(3, new(Found(peers), [Failure])), new()), Is.Null);
            Assert.That(_world.Recent.Find(Note(2, new(Found(peers), [Failure])), new())!.Failures, Is.EqualTo(new[] { Failure }), "enough all the same, and the failure is told again");
            Assert.That(_world.Recent.Find(Note(9, new([], [])), new())!.Peers, Is.Empty, "nobody is there");
        });
    }

    [Test]
    public void TheOldestMakeRoom()
    {
        SearchKey first = Note(1, new([], []));
        for (int count = 2; count <= 1000; count++)
        {
            _world.Time.Advance(TimeSpan.FromTicks(1));
            Note(count, new([], []));
        }
        Assert.Multiple(() =>
        {
            Assert.That(_world.Recent.Find(first, new()), Is.Null);
            Assert.That(Enumerable.Range(1, 1000).Count(count => _world.Recent.Find(new(SearchWorld.Query(count)), new()) is not null), Is.EqualTo(256));
        });
    }

    private ScriptedPeer[] Known(int count)
    {
        ScriptedPeer[] peers = _world.Peers(count, 0.9, 0.1);
        _world.Know("layer", peers);
        return peers;
    }

    private static IReadOnlyList<(PeerInfo, string)> Found(ScriptedPeer[] peers) => [.. peers.Select(static peer => (new PeerInfo { Id = peer.Id }, "layer"))];

    private SearchKey Note(int count, SearchOutcome outcome)
    {
        SearchKey key = new(SearchWorld.Query(count));
        _world.Recent.Note(key, count, outcome);
        return key;
    }
}
