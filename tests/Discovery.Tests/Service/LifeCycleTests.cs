using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Service;

public sealed class LifeCycleTests
{
    private ServiceNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new();

    [TearDown]
    public ValueTask RemoveAsync() => _network.DisposeAsync();

    [Test]
    public async Task BeforeTheStartNothingIsSentAndNothingCanBeAsked()
    {
        InMemoryTransport transport = _network.CreateTransport();
        await using IDiscoveryService service = new DiscoveryServiceBuilder("test", new() { TimeProvider = _network.Time, Capabilities = ["b", "a"] })
            .UseTransports(transport).AddBootstrap(new BrokenSource()).AddGlobalLayer().Build();
        _network.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Multiple(() =>
        {
            Assert.That(transport.Counts.Sent, Is.Zero);
            Assert.That(service.Self.EndPoints, Is.Empty);
            Assert.That(service.Self.Record, Is.Null);
            Assert.That(service.Self.Capabilities, Is.EqualTo(new[] { "a", "b" }));
            Assert.That(service.GetRecommendedPeers(), Is.Empty);
            Assert.That(service.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Unhealthy));
            Assert.That(service.GetHealth().LocalEndPoints, Is.Empty);
            Assert.That(service.GetHealth().NodeIds, Is.Empty);
            Assert.ThrowsAsync<InvalidOperationException>(async () => await service.DiscoverPeersAsync(1));
            Assert.ThrowsAsync<InvalidOperationException>(async () => await service.AnnouncePresenceAsync());
            Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await service.DiscoverPeersAsync(0));
            Assert.Throws<ArgumentOutOfRangeException>(() => service.GetRecommendedPeers(0));
        });
    }

    [Test]
    public async Task WithNobodyToAskTheStartDoesNotWait()
    {
        IDiscoveryService service = _network.Create(configure: static builder => builder.AddGlobalLayer(), withBootstrap: false);
        bool isUsable = await service.InitializeAsync();
        Assert.Multiple(() =>
        {
            Assert.That(isUsable, Is.False);
            Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.Zero));
            Assert.That(service.Self.EndPoints, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task CallsThatStartItTogetherStartItOnce()
    {
        _network.StartBootstrap();
        IDiscoveryService service = _network.Create();
        Task<bool>[] starts = [.. Enumerable.Range(0, 4).Select(_ => service.InitializeAsync().AsTask())];
        await _network.Time.AdvanceUntilAsync(() => starts.All(static start => start.IsCompleted));
        Assert.That(await Task.WhenAll(starts), Is.All.True);
    }

    [Test]
    public async Task AnEndPointThatIsTakenIsNamed()
    {
        InMemoryTransport taken = _network.CreateTransport();
        await using DhtNode node = new([taken]);
        node.Start();
        IDiscoveryService service = new DiscoveryServiceBuilder("test").UseTransports(_network.Network.CreateTransport(taken.LocalEndPoint)).Build();
        Assert.ThrowsAsync(Is.TypeOf<DiscoveryException>().And.Message.Contains(taken.LocalEndPoint.ToString()), async () => await service.InitializeAsync());
        await service.DisposeAsync();
    }

    [Test]
    public async Task CancelledCallsEndAtOnceAndHarmNobody()
    {
        IDiscoveryService service = _network.Create(); // Its bootstrap host is down: everything waits.
        using CancellationTokenSource source = new();
        Task start = service.InitializeAsync(source.Token).AsTask();
        await _network.Time.AdvanceUntilAsync(() => service.Self.Record is not null);
        Task[] calls =
        [
            start,
            service.DiscoverPeersAsync(1, null, source.Token).AsTask(),
            service.ResolvePeerAsync(default, source.Token).AsTask(),
            service.AnnouncePresenceAsync(source.Token).AsTask(),
            ReadAsync(service.FindPeersAsync(null, source.Token)),
            ReadAsync(service.WatchPeersAsync(null, source.Token)),
        ];
        await source.CancelAsync();
        await _network.Time.AdvanceUntilAsync(() => calls.All(static call => call.IsCompleted), limit: TimeSpan.FromSeconds(1));
        Assert.Multiple(() =>
        {
            Assert.That(calls.Select(static call => call.Status), Is.All.EqualTo(TaskStatus.Canceled));
            Assert.CatchAsync<OperationCanceledException>(async () => await service.InitializeAsync(source.Token));
        });
        _network.StartBootstrap();
        await _network.Time.AdvanceUntilAsync(() => service.GetHealth().Status == DiscoveryStatus.Healthy, TimeSpan.FromMilliseconds(50));
    }

    [Test]
    public async Task ACancelledTokenEndsACallThatKnownPeersWouldAnswer()
    {
        _network.StartBootstrap();
        IDiscoveryService other = await _network.StartPublishedAsync();
        IDiscoveryService service = await _network.StartAsync();
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        Assert.That(found.Peers.Single().Id, Is.EqualTo(other.Self.Id));
        CancellationToken cancelled = new(canceled: true);
        Assert.Multiple(() =>
        {
            Assert.CatchAsync<OperationCanceledException>(async () => await service.DiscoverPeersAsync(1, null, cancelled));
            Assert.CatchAsync<OperationCanceledException>(async () => await service.ResolvePeerAsync(other.Self.Id, cancelled));
            Assert.CatchAsync<OperationCanceledException>(() => ReadAsync(service.FindPeersAsync(null, cancelled)));
        });
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(5)]
    [TestCase(30)]
    [TestCase(300)]
    public async Task DisposingAtAnyMomentEndsEverything(int milliseconds)
    {
        _network.StartBootstrap();
        IDiscoveryService service = _network.Create();
        Task start = service.InitializeAsync().AsTask();
        Task watch = ReadAsync(service.WatchPeersAsync());
        for (int i = 0; i < milliseconds; i++)
            _network.Time.Advance(TimeSpan.FromMilliseconds(1));
        Task search = Task.Run(async () => await service.DiscoverPeersAsync(5));
        Task[] stops = [.. Enumerable.Range(0, 3).Select(_ => service.DisposeAsync().AsTask())];
        Task[] all = [start, watch, search, .. stops];
        await _network.Time.AdvanceUntilAsync(() => all.All(static task => task.IsCompleted), limit: TimeSpan.FromSeconds(1));
        Assert.Multiple(() =>
        {
            Assert.That(stops, Is.All.Property(nameof(Task.IsCompletedSuccessfully)).True);
            Assert.That(watch.IsCompletedSuccessfully, Is.True);
            Assert.That(new[] { start, search }.SelectMany(static task => task.Exception?.InnerExceptions ?? []),
                Is.All.InstanceOf<ObjectDisposedException>().Or.InstanceOf<InvalidOperationException>());
            Assert.ThrowsAsync<ObjectDisposedException>(async () => await service.InitializeAsync());
            Assert.ThrowsAsync<ObjectDisposedException>(async () => await service.DiscoverPeersAsync(1));
            Assert.ThrowsAsync<ObjectDisposedException>(async () => await service.AnnouncePresenceAsync());
            Assert.That(service.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Unhealthy));
            Assert.That(service.GetRecommendedPeers(), Is.Empty);
        });
    }

    [Test]
    public async Task DisposingWithoutAStartClosesWhatWasHandedOver()
    {
        InMemoryTransport transport = _network.CreateTransport();
        IDiscoveryService service = new DiscoveryServiceBuilder("test").UseTransports(transport).AddGlobalLayer().Build();
        await service.DisposeAsync();
        await service.DisposeAsync();
        await using DhtNode late = new([transport]);
        Assert.Throws<ObjectDisposedException>(late.Start);
    }

    [Test]
    public async Task AnIdentityOfTheApplicationOutlivesTheService()
    {
        using PeerIdentity identity = PeerIdentity.Create();
        IDiscoveryService service = _network.Create(new() { Identity = identity });
        await service.DisposeAsync();
        Assert.DoesNotThrow(() => identity.Sign([], new byte[64]));
    }

    [Test]
    public void TheBuilderSaysWhatIsWrongAtOnce()
    {
        string[] capabilities = [.. Enumerable.Range(0, 32).Select(static i => new string('c', 60) + $"{i:00}")];
        DiscoveryServiceBuilder builder = new("test");
        builder.AddLayer(new FixedLayer("one", DiscoveryScope.Local));
        Assert.Multiple(() =>
        {
            Assert.Throws<ArgumentException>(static () => new DiscoveryServiceBuilder(" "));
            Assert.Throws<ArgumentException>(() => builder.AddLayer(new FixedLayer("one", DiscoveryScope.Global)));
            Assert.Throws<ArgumentException>(() => builder.AddLayer(new FixedLayer("global", DiscoveryScope.Global)));
            Assert.Throws<ArgumentException>(() => builder.UseTransports());
            Assert.Throws<ArgumentException>(() => new DiscoveryServiceBuilder("test", new() { Capabilities = capabilities }).Build(), "too large for a record");
        });
    }

    private static async Task ReadAsync<T>(IAsyncEnumerable<T> items)
    {
        await foreach (T item in items)
            Assert.That(item, Is.Not.Null);
    }
}
