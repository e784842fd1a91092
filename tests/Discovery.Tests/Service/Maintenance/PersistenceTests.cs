using Discovery.Tests.Support;

namespace Discovery.Tests.Service.Maintenance;

/// <summary>What is known of peers outlives the service.</summary>
public sealed class PersistenceTests
{
    private ServiceNetwork _network = null!;
    private string _folder = null!;

    [SetUp]
    public void Create() => (_network, _folder) = (new(), Directory.CreateTempSubdirectory("discovery-keep-").FullName);

    [TearDown]
    public async Task RemoveAsync()
    {
        await _network.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string StatePath => Path.Combine(_folder, "state");

    [Test]
    public async Task APeerOfTheLastRunIsKnownAsSoonAsItHasProvenItsKeyAndNoSooner()
    {
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false), gone = await _network.StartAsync(withBootstrap: false);
        PeerSighting[] sightings = [new(other.Self.EndPoints[0], "x"), new(gone.Self.EndPoints[0], "x")];
        await StopAsync(await MeetAsync(sightings));
        Assert.That(File.Exists(StatePath + ".peers"));
        _network.Network.Unplug(gone.Self.EndPoints[0]);
        _network.Time.Advance(TimeSpan.FromSeconds(10));

        // Neither a source nor a layer: the peer of the last run is the first contact, also of the DHT.
        IDiscoveryService service = _network.Create(new() { StatePath = StatePath, Timing = new() { DiscoverInterval = TimeSpan.MaxValue } }, static builder => builder.AddGlobalLayer(), withBootstrap: false);
        Task<bool> start = service.InitializeAsync().AsTask();
        Assert.That(service.Peers.Count, Is.Zero);
        await _network.Time.AdvanceUntilAsync(() => start.IsCompleted && service.Peers.Count == 1);
        Assert.Multiple(() =>
        {
            Assert.That(start.Result, Is.True);
            Assert.That(service.Peers.List()[0].Id, Is.EqualTo(other.Self.Id));
            Assert.That(service.Peers.List()[0].FirstSeen, Is.LessThan(service.Self.FirstSeen), "its history goes on");
        });
        TimeSpan later = _network.Time.Elapsed + TimeSpan.FromMinutes(3);
        await _network.Time.AdvanceUntilAsync(() => _network.Time.Elapsed > later, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(4));
        Assert.That(service.Peers.Get(gone.Self.Id), Is.Null);
    }

    [Test]
    public async Task PeersAreSavedFromTimeToTime()
    {
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false);
        await MeetAsync(new PeerSighting(other.Self.EndPoints[0], "x"));
        await _network.Time.AdvanceUntilAsync(() => File.Exists(StatePath + ".peers"), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(7));
        PeerStoreContent kept = await FilePeerStore.Beside(StatePath).LoadAsync(default);
        Assert.That(kept.Peers.Select(static peer => peer.Peer.Id), Is.EqualTo(new[] { other.Self.Id }));
    }

    [Test]
    public async Task ADamagedStoreIsTold()
    {
        await File.WriteAllTextAsync(StatePath + ".peers", "this is not a store");
        IDiscoveryService service = await _network.StartAsync(new() { StatePath = StatePath }, static builder => builder.AddLayer(new FixedLayer("fixed", DiscoveryScope.Local)), withBootstrap: false);
        DiscoveryHealth health = service.GetHealth();
        DiscoveryPartHealth store = health.Parts.Single(static part => part.Kind == DiscoveryPartKind.Store);
        Assert.Multiple(() =>
        {
            Assert.That(health.Status, Is.EqualTo(DiscoveryStatus.Degraded));
            Assert.That(health.Reasons, Has.One.StartsWith("Store file: "));
            Assert.That(store.LastError, Is.InstanceOf<DiscoveryException>());
        });
    }

    [Test]
    public async Task AStoreThatFailsOrHangsCostsNothingElse([Values] bool hangs)
    {
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false);
        DiscoveryOptions options = new() { PeerStore = new BrokenStore(hangs) };
        FixedLayer layer = new("fixed", DiscoveryScope.Local, new PeerSighting(other.Self.EndPoints[0], "fixed"));
        IDiscoveryService service = await _network.StartAsync(options, builder => builder.AddLayer(layer), withBootstrap: false);
        Assert.That((await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1))).Peers, Has.Count.EqualTo(1));
        Assert.That(service.GetHealth().Parts.Single(static part => part.Name == "broken").Status, Is.EqualTo(DiscoveryStatus.Unhealthy));
        await StopAsync(service);
    }

    private async Task<IDiscoveryService> MeetAsync(params PeerSighting[] sightings)
    {
        IDiscoveryService service = await _network.StartAsync(new() { StatePath = StatePath }, builder => builder.AddLayer(new FixedLayer("fixed", DiscoveryScope.Local, sightings)), withBootstrap: false);
        Assert.That((await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(sightings.Length))).Peers, Has.Count.EqualTo(sightings.Length));
        return service;
    }

    private async Task StopAsync(IDiscoveryService service)
    {
        Task stop = service.DisposeAsync().AsTask();
        await _network.Time.AdvanceUntilAsync(() => stop.IsCompleted);
        await stop;
    }

    private sealed class BrokenStore(bool hangs) : IPeerStore
    {
        public string Name => "broken";

        public ValueTask<PeerStoreContent> LoadAsync(CancellationToken cancellationToken) => hangs ? new(new TaskCompletionSource<PeerStoreContent>().Task) : throw new InvalidOperationException("load");

        public ValueTask SaveAsync(IReadOnlyList<StoredPeer> peers, CancellationToken cancellationToken) => hangs ? new(new TaskCompletionSource().Task) : throw new InvalidOperationException("save");
    }
}
