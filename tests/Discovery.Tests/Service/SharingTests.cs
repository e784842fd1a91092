using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Service;

/// <summary>Calls that ask for the same share the work.</summary>
public sealed class SharingTests
{
    private const int Calls = 1000, Peers = 8;

    private ServiceNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new();

    [TearDown]
    public ValueTask RemoveAsync() => _network.DisposeAsync();

    [TestCase(DiscoveryStrategy.LocalFirst)]
    [TestCase(DiscoveryStrategy.Balanced)]
    [TestCase(DiscoveryStrategy.Hybrid)]
    public async Task AThousandCallsAtOnceCostTheTrafficOfOne(DiscoveryStrategy strategy)
    {
        _network.StartBootstrap();
        for (int i = 0; i < Peers; i++)
            await _network.StartPublishedAsync();
        // Two alike, so that neither profits from what the other has learnt.
        (long one, _) = await CountAsync(strategy, 1);
        (long thousand, DiscoveryResult[] results) = await CountAsync(strategy, Calls);
        TestContext.Out.WriteLine($"{strategy}: {one} datagrams for one call, {thousand} for {Calls}");
        Assert.Multiple(() =>
        {
            Assert.That(one, Is.Positive);
            Assert.That(thousand, Is.LessThanOrEqualTo(2 * one));
            Assert.That(results.Select(static result => result.Peers.Count), Is.All.EqualTo(Peers));
            Assert.That(results.Select(static result => result.SourceBreakdown.Values.Sum()), Is.All.EqualTo(Peers));
            Assert.That(results.Select(static result => result.Strategy), Is.All.EqualTo(strategy));
            Assert.That(results.Select(static result => result.Elapsed), Is.All.GreaterThan(TimeSpan.Zero));
        });
    }

    [Test]
    public async Task RepeatedCallsAreAnsweredFromWhatWasJustFound()
    {
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false);
        FixedLayer layer = new("layer", DiscoveryScope.Global, new PeerSighting(other.Self.EndPoints[0], "layer"));
        IDiscoveryService service = await _network.StartAsync(ServiceNetwork.Passive, builder => builder.AddLayer(layer), withBootstrap: false);
        DiscoveryResult first = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(5)), again = await service.DiscoverPeersAsync(5);
        DiscoveryResult otherwise = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(5, new() { MinReliability = 0.1 }));
        Assert.Multiple(() =>
        {
            Assert.That(first.SourceBreakdown, Is.EquivalentTo(new Dictionary<string, int> { ["layer"] = 1 }));
            Assert.That(again.SourceBreakdown, Is.EquivalentTo(new Dictionary<string, int> { ["registry"] = 1 }));
            Assert.That(again.Peers.Single().Id, Is.EqualTo(other.Self.Id));
            Assert.That(again.Elapsed, Is.EqualTo(TimeSpan.Zero));
            Assert.That(otherwise.Peers, Has.Count.EqualTo(1));
            Assert.That(layer.Asked, Is.EqualTo(2), "short of five, each of the two different calls looked for more, once");
        });
        _network.Time.Advance(new DiscoveryTiming().ResultLifetime);
        await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(5));
        Assert.That(layer.Asked, Is.EqualTo(3));
    }

    [Test]
    public async Task OneCallerThatGivesUpDoesNotTakeTheAnswerFromTheOthers()
    {
        TaskCompletionSource ready = new();
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false);
        FixedLayer layer = new("layer", DiscoveryScope.Global, new PeerSighting(other.Self.EndPoints[0], "layer")) { Await = ready.Task };
        IDiscoveryService service = await _network.StartAsync(ServiceNetwork.Passive, builder => builder.AddLayer(layer), withBootstrap: false);
        using CancellationTokenSource source = new();
        Task<DiscoveryResult> impatient = service.DiscoverPeersAsync(1, null, source.Token).AsTask(), patient = service.DiscoverPeersAsync(1).AsTask();
        await _network.Time.AdvanceUntilAsync(() => layer.Asked > 0);
        await source.CancelAsync();
        await _network.Time.AdvanceUntilAsync(() => impatient.IsCompleted);
        Assert.That((impatient.IsCanceled, patient.IsCompleted, layer.Left), Is.EqualTo((true, false, 0)));
        ready.SetResult();
        await _network.Time.AdvanceUntilAsync(() => patient.IsCompleted);
        Assert.Multiple(() =>
        {
            Assert.That(patient.Result.Peers.Single().Id, Is.EqualTo(other.Self.Id));
            Assert.That((layer.Asked, layer.Left), Is.EqualTo((1, 1)));
        });
    }

    [Test]
    public async Task WhenAllHaveGivenUpTheWorkStops()
    {
        FixedLayer layer = new("layer", DiscoveryScope.Global) { Await = new TaskCompletionSource().Task };
        IDiscoveryService service = await _network.StartAsync(ServiceNetwork.Passive, builder => builder.AddLayer(layer), withBootstrap: false);
        using CancellationTokenSource source = new();
        Task[] calls = [.. Enumerable.Range(0, 5).Select(_ => service.DiscoverPeersAsync(1, null, source.Token).AsTask())];
        await _network.Time.AdvanceUntilAsync(() => layer.Asked > 0);
        await source.CancelAsync();
        await _network.Time.AdvanceUntilAsync(() => calls.All(static call => call.IsCompleted));
        Assert.Multiple(() =>
        {
            Assert.That(calls, Is.All.Property(nameof(Task.IsCanceled)).True);
            Assert.That((layer.Asked, layer.Left), Is.EqualTo((1, 1)));
        });
    }

    /// <summary>What a new peer sends until its calls have been answered, beyond what it sends anyway.</summary>
    private async Task<(long Datagrams, DiscoveryResult[] Results)> CountAsync(DiscoveryStrategy strategy, int calls)
    {
        InMemoryTransport transport = _network.CreateTransport();
        // Read-only, so that nobody asks it, and it does not announce itself meanwhile.
        DiscoveryOptions options = ServiceNetwork.Passive with { TimeProvider = _network.Time, Strategy = strategy, IsReadOnly = true };
        await using IDiscoveryService service = new DiscoveryServiceBuilder("test", options).UseTransports(transport).AddBootstrap(new FixedSource(ServiceNetwork.BootstrapHost)).AddGlobalLayer().Build();
        await _network.Time.AdvanceUntilAsync(service.InitializeAsync());
        TimeSpan settled = _network.Time.Elapsed + TimeSpan.FromSeconds(20);
        await _network.Time.AdvanceUntilAsync(() => _network.Time.Elapsed >= settled);
        long before = transport.Counts.Sent;
        Task<DiscoveryResult>[] searches = [.. Enumerable.Range(0, calls).Select(_ => Task.Run(async () => await service.DiscoverPeersAsync(Peers)))];
        await _network.Time.AdvanceUntilAsync(() => searches.All(static search => search.IsCompleted));
        return (transport.Counts.Sent - before, await Task.WhenAll(searches));
    }
}
