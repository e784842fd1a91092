using System.Runtime.CompilerServices;
using Discovery.Peers;
using Discovery.Tests.Support;

namespace Discovery.Tests.Service;

public sealed class DiscoveryTests
{
    private ServiceNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new();

    [TearDown]
    public ValueTask RemoveAsync() => _network.DisposeAsync();

    [TestCase(new string[0], 0.2 / 3.5 + 0.8 * 2.5 / 3.5, TestName = "WithTheDefaults")]
    [TestCase(new[] { "latency=0", "reliability=0", "capacity=0", "freshness=0" }, 0.2, TestName = "WithoutTheDefaults")]
    [TestCase(new[] { "latency=0", "reliability=0", "capacity=0", "freshness=3" }, (3 * 1 + 0.2) / 4, TestName = "WithOneThatCountsMore")]
    public async Task ScorersAreWeighedAsTheApplicationWishes(string[] weights, double score)
    {
        IDiscoveryService other = await _network.StartAsync(ServiceNetwork.Passive, withBootstrap: false);
        IDiscoveryService service = await _network.StartAsync(ServiceNetwork.Passive, builder =>
        {
            builder.AddScorer(new FixedScorer(0.2), 1).AddLayer(new FixedLayer("fixed", DiscoveryScope.Local, new PeerSighting(other.Self.EndPoints[0], "fixed")));
            foreach (string[] weight in weights.Select(static text => text.Split('=')))
                builder.WeighScorer(weight[0], double.Parse(weight[1]));
        }, withBootstrap: false);
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        Assert.That(found.Peers.Single().Score, Is.EqualTo(score).Within(weights.Length == 0 ? 0.2 : 0.001));
    }

    [Test]
    public void OnlyAWeightOfADefaultScorerCanBeSet()
    {
        DiscoveryServiceBuilder builder = new("test");
        Assert.Multiple(() =>
        {
            Assert.That(() => builder.WeighScorer("fixed", 1), Throws.ArgumentException.With.Message.Contains("latency"));
            foreach (double wrong in (double[])[-1, double.NaN, double.PositiveInfinity])
                Assert.That(() => builder.WeighScorer("latency", wrong), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public async Task TwoServicesWithTheSameBootstrapFindAndVerifyEachOther()
    {
        _network.StartBootstrap();
        IDiscoveryService first = await _network.StartAsync(new() { Capabilities = ["storage"], Region = "here" }), second = await _network.StartAsync();
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(second.DiscoverPeersAsync(1, new() { Capability = "storage" }));
        Assert.That(found.Peers, Has.Count.EqualTo(1));
        PeerInfo peer = found.Peers[0];
        Assert.Multiple(() =>
        {
            Assert.That(peer.Id, Is.EqualTo(first.Self.Id));
            Assert.That(peer.EndPoints, Is.EqualTo(first.Self.EndPoints));
            Assert.That(peer.Capabilities, Is.EqualTo(new[] { "storage" }));
            Assert.That(peer.Region, Is.EqualTo("here"));
            Assert.That(peer.Sources, Is.EqualTo(new[] { "global" }));
            Assert.That(peer.Rtt, Is.EqualTo(TimeSpan.FromMilliseconds(2)));
            Assert.That(peer.Record!.Verify(), Is.True);
            Assert.That(found.SourceBreakdown, Is.EquivalentTo(new Dictionary<string, int> { ["global"] = 1 }));
            Assert.That(found.Strategy, Is.EqualTo(DiscoveryStrategy.Hybrid));
            Assert.That(found.Failures, Is.Empty);
            Assert.That(found.Elapsed, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(second.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Healthy));
            Assert.That(second.GetHealth().LocalEndPoints, Is.EqualTo(second.Self.EndPoints));
            Assert.That(second.GetHealth().NodeIds, Has.Count.EqualTo(1));
        });
        found = await _network.Time.AdvanceUntilAsync(first.DiscoverPeersAsync(1));
        Assert.That(found.Peers.Select(static p => p.Id), Is.EqualTo(new[] { second.Self.Id }));
    }

    [Test]
    public async Task APeerProvenAMomentAgoIsUsedWithoutTraffic()
    {
        _network.StartBootstrap();
        IDiscoveryService first = await _network.StartPublishedAsync(), second = await _network.StartAsync();
        await _network.Time.AdvanceUntilAsync(second.DiscoverPeersAsync(1));
        DiscoveryResult again = await second.DiscoverPeersAsync(1);
        Assert.Multiple(() =>
        {
            Assert.That(again.Peers.Select(static peer => peer.Id), Is.EqualTo(new[] { first.Self.Id }));
            Assert.That(again.SourceBreakdown, Is.EquivalentTo(new Dictionary<string, int> { ["registry"] = 1 }));
            Assert.That(again.Elapsed, Is.EqualTo(TimeSpan.Zero));
            Assert.That(second.GetRecommendedPeers(), Has.Count.EqualTo(1));
            Assert.That(second.GetRecommendedPeers(1, new() { Capability = "none" }), Is.Empty);
        });
    }

    [Test]
    public async Task APeerIsResolvedByItsKeyAlone()
    {
        _network.StartBootstrap();
        IDiscoveryService first = await _network.StartPublishedAsync(), second = await _network.StartAsync();
        PeerInfo? found = await _network.Time.AdvanceUntilAsync(second.ResolvePeerAsync(first.Self.Id));
        using PeerIdentity nobody = PeerIdentity.Create();
        PeerInfo? none = await _network.Time.AdvanceUntilAsync(second.ResolvePeerAsync(nobody.Id));
        Assert.Multiple(() =>
        {
            Assert.That(found?.Id, Is.EqualTo(first.Self.Id));
            Assert.That(none, Is.Null);
        });
    }

    [Test]
    public async Task LeavingTheStreamStopsTheWork()
    {
        TaskCompletionSource never = new();
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false);
        FixedLayer layer = new("fixed", DiscoveryScope.Local, new PeerSighting(other.Self.EndPoints[0], "fixed")) { HoldsUntil = never.Task };
        IDiscoveryService service = await _network.StartAsync(configure: builder => builder.AddLayer(layer), withBootstrap: false);
        Task<PeerId> first = FirstAsync();
        await _network.Time.AdvanceUntilAsync(() => first.IsCompleted);
        Assert.Multiple(() =>
        {
            Assert.That(first.Result, Is.EqualTo(other.Self.Id));
            Assert.That(layer.Left, Is.EqualTo(1));
        });

        async Task<PeerId> FirstAsync()
        {
            await foreach (PeerInfo peer in service.FindPeersAsync())
                return peer.Id;
            return default;
        }
    }

    [Test]
    public async Task AReaderThatWaitsIsNotForgottenAndOneThatNeverBeganIs()
    {
        _network.StartBootstrap();
        IDiscoveryService service = await _network.StartAsync();
        PeerRegistry registry = (PeerRegistry)service.Peers;
        TaskCompletionSource<PeerId> seen = Watch();
        GC.Collect();
        Assert.That(registry.WatchCount, Is.EqualTo(1));
        IDiscoveryService other = await _network.StartPublishedAsync();
        await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        await _network.Time.AdvanceUntilAsync(() => seen.Task.IsCompleted);
        Assert.That(await seen.Task, Is.EqualTo(other.Self.Id));

        // In a frame of its own, so that nothing of it is left on the stack.
        [MethodImpl(MethodImplOptions.NoInlining)]
        TaskCompletionSource<PeerId> Watch()
        {
            TaskCompletionSource<PeerId> first = new();
            _ = ReadAsync(service.WatchPeersAsync(), first);
            _ = service.WatchPeersAsync();
            return first;
        }

        static async Task ReadAsync(IAsyncEnumerable<PeerEvent> events, TaskCompletionSource<PeerId> first)
        {
            await foreach (PeerEvent change in events)
                first.TrySetResult(change.Peer.Id);
        }
    }

    [Test]
    public async Task WatchersSeePeersComeAndGo()
    {
        _network.StartBootstrap();
        IDiscoveryService service = await _network.StartAsync();
        await using IAsyncEnumerator<PeerEvent> events = service.WatchPeersAsync().GetAsyncEnumerator();
        IDiscoveryService other = await _network.StartPublishedAsync();
        await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        PeerEvent discovered = await NextAsync(events);
        _network.Network.Unplug(other.Self.EndPoints[0]);
        PeerEvent lost;
        do
            lost = await NextAsync(events);
        while (lost.Kind == PeerEventKind.Updated);
        Assert.Multiple(() =>
        {
            Assert.That((discovered.Kind, discovered.Peer.Id), Is.EqualTo((PeerEventKind.Discovered, other.Self.Id)));
            Assert.That((lost.Kind, lost.Peer.Id), Is.EqualTo((PeerEventKind.Lost, other.Self.Id)));
            Assert.That(service.Peers.Count, Is.Zero);
        });
    }

    private async Task<PeerEvent> NextAsync(IAsyncEnumerator<PeerEvent> events)
    {
        Assert.That(await _network.Time.AdvanceUntilAsync(events.MoveNextAsync(), TimeSpan.FromSeconds(1), TimeSpan.FromHours(2)), Is.True);
        return events.Current;
    }

    private sealed class FixedScorer(double score) : IPeerScorer
    {
        public string Name => "fixed";

        public double Score(PeerInfo peer) => score;
    }
}
