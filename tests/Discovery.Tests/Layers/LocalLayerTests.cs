using Discovery.Layers;
using Discovery.Tests.Service;
using Discovery.Tests.Support;
using Discovery.Tests.Transports.Mdns;
using Discovery.Transports;

namespace Discovery.Tests.Layers;

/// <summary>Peers that find each other on one network with nothing but the local layer, in virtual time.</summary>
public sealed class LocalLayerTests
{
    private ServiceNetwork _network = null!;
    private TestLan _lan = null!;

    [SetUp]
    public void Begin()
    {
        _network = new();
        _lan = new(_network.Time);
    }

    [TearDown]
    public async Task EndAsync() => await _network.DisposeAsync();

    [Test]
    public async Task ThreePeersFindEachOtherAtOnce()
    {
        IDiscoveryService[] services = [await StartAsync(), await StartAsync(), await StartAsync()];
        foreach (IDiscoveryService service in services)
        {
            DiscoveryResult found = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(2));
            Assert.That(found.Peers.Select(static peer => peer.Id), Is.EquivalentTo(services.Where(other => other != service).Select(static other => other.Self.Id)));
            Assert.That(found.Peers.SelectMany(static peer => peer.Sources), Has.All.EqualTo("local"));
            Assert.That(found.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
        }
    }

    [Test]
    public async Task ThreeThatStartTogetherFindEachOtherWithinASecond()
    {
        IDiscoveryService[] services = [Create(null), Create(null), Create(null)];
        Task<DiscoveryResult>[] searches = [.. services.Select(FindAsync)];
        await _network.Time.AdvanceUntilAsync(() => searches.All(static search => search.IsCompleted));
        Assert.That(_network.Time.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
        foreach ((IDiscoveryService service, Task<DiscoveryResult> search) in services.Zip(searches))
            Assert.That((await search).Peers.Select(static peer => peer.Id), Is.EquivalentTo(services.Where(other => other != service).Select(static other => other.Self.Id)));

        static async Task<DiscoveryResult> FindAsync(IDiscoveryService service)
        {
            await service.InitializeAsync();
            return await service.DiscoverPeersAsync(2);
        }
    }

    [Test]
    public async Task ASearchForMoreThanThereAreEnds()
    {
        IDiscoveryService alone = await StartAsync();
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(alone.DiscoverPeersAsync(5));
        Assert.That((found.Peers.Count, found.Failures.Count), Is.EqualTo((0, 0)));
        Assert.That(found.Elapsed, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public async Task AnotherNetworkIsNotSeen()
    {
        IDiscoveryService one = await StartAsync();
        LocalLayer stranger = await StartLayerAsync("another");
        Assert.That((await _network.Time.AdvanceUntilAsync(one.DiscoverPeersAsync(1))).Peers, Is.Empty);
        await stranger.DisposeAsync();
    }

    [Test]
    public async Task OnePeerIsFoundByItsId()
    {
        IDiscoveryService one = await StartAsync(), other = await StartAsync();
        await StartAsync();
        PeerInfo? found = await _network.Time.AdvanceUntilAsync(one.ResolvePeerAsync(other.Self.Id));
        Assert.That(found?.Id, Is.EqualTo(other.Self.Id));
    }

    [Test]
    public async Task WhoeverSaysGoodbyeIsAskedAtOnceAndLeavesTheResults()
    {
        // So long that nobody is asked in turn meanwhile.
        DiscoveryOptions patient = new() { Timing = new() { SampleInterval = TimeSpan.FromMinutes(30), DiscoverInterval = TimeSpan.MaxValue } };
        IDiscoveryService service = await StartAsync(patient), other = await StartAsync(patient);
        Assert.That((await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1))).Peers, Has.Count.EqualTo(1));
        TimeSpan later = _network.Time.Elapsed + patient.Timing.SampleInterval / 5;
        await _network.Time.AdvanceUntilAsync(() => _network.Time.Elapsed > later, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Assert.That(service.Peers.ListAlive(), Has.Count.EqualTo(1));
        Task stop = other.DisposeAsync().AsTask();
        // A second until the goodbye counts (RFC 6762, 10.1), and the patience for an answer.
        TimeSpan limit = TimeSpan.FromSeconds(2) + patient.Timing.IdentifyTimeout;
        await _network.Time.AdvanceUntilAsync(() => stop.IsCompleted && service.Peers.ListAlive().Count == 0, TimeSpan.FromMilliseconds(20), limit);
    }

    [Test]
    public async Task WithoutMulticastTheRestWorksAndTheHealthTells()
    {
        TestLan.Machine machine = _lan.AddMachine();
        await using ServiceNetwork network = _network;
        network.StartBootstrap();
        IDiscoveryService other = await network.StartPublishedAsync();
        IDiscoveryService service = await network.StartAsync(configure: builder => builder.AddLayer(new LocalLayer(new(), machine)));
        DiscoveryResult found = await network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        Assert.That(found.Peers.Single().Id, Is.EqualTo(other.Self.Id));
        DiscoveryPartHealth health = service.GetHealth().Parts.Single(static part => part.Name == "local");
        Assert.That(health.Status, Is.EqualTo(DiscoveryStatus.Unhealthy));
        Assert.That(health.LastError?.Message, Does.Contain("interface"));
        DiscoveryResult more = await network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(9));
        Assert.That(more.Failures.Select(static failure => failure.Layer), Does.Contain("local"));
        machine.Plug("10.0.0.3");
        await network.Time.AdvanceUntilAsync(() => service.GetHealth().Parts.Single(static part => part.Name == "local").Status == DiscoveryStatus.Healthy);
    }

    [Test]
    public async Task ThatNothingCanBeMulticastIsToldByHealthFindAndAnnounce()
    {
        InMemoryTransport transport = _network.CreateTransport();
        TestLan.Machine machine = _lan.AddMachine(transport.LocalEndPoint.Address.ToString());
        machine.IsMute = (true, true);
        IDiscoveryService service = await _network.StartAsync(configure: builder => builder.UseTransports(transport).AddLayer(new LocalLayer(new(), machine)), withBootstrap: false);
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        Assert.That(found.Failures.Select(static failure => failure.Layer), Does.Contain("local"));
        AnnounceResult announced = await _network.Time.AdvanceUntilAsync(service.AnnouncePresenceAsync());
        Assert.That((announced.Layers["local"].Acknowledged, announced.Layers["local"].Error?.Message), Is.EqualTo((0, found.Failures[0].Exception.Message)));
        DiscoveryPartHealth health = service.GetHealth().Parts.Single(static part => part.Name == "local");
        Assert.That((health.Status, health.LastError?.Message), Is.EqualTo((DiscoveryStatus.Unhealthy, found.Failures[0].Exception.Message)));
        machine.IsMute = (false, false);
        await _network.Time.AdvanceUntilAsync(() => service.GetHealth().Parts.Single(static part => part.Name == "local").Status == DiscoveryStatus.Healthy);
    }

    [Test]
    public async Task OnlyWhatTheRecordNamesIsAnnounced()
    {
        // Listens on 10.0.0.2 alone; the machine has another address too.
        IDiscoveryService one = await StartAsync("10.0.0.2", "192.168.7.7", "fe80::2"), other = await StartAsync();
        MdnsHost watcher = new(new() { HostLabel = "w", TimeProvider = _network.Time, Network = _lan.AddMachine("10.0.0.99") });
        watcher.Start();
        ServiceWatch watch = watcher.Watch(LocalService.Type, null);
        Discovery.Mdns.ServiceEvent? change = null;
        await _network.Time.AdvanceUntilAsync(() => watcher.TryTake(watch, out change, out _) && change.Service.Instance == one.Self.Id.ToString()[..16]);
        Assert.That(string.Join(' ', change!.Service.Addresses), Is.EqualTo("10.0.0.2"));
        Assert.That(change.Service.Text.Select(static pair => pair.Key), Is.EqualTo(new[] { "txtvers", "id", "net" }));
        Assert.That(change.Service.Text["id"], Is.EqualTo(one.Self.Id.ToString()));
        Assert.That(change.Service.Port, Is.EqualTo(4000));
        await watcher.DisposeAsync();
        Assert.That(other.Self.EndPoints, Is.Not.Empty);
    }

    [Test]
    public async Task APeerThatListensOnLoopbackSaysWhyNobodyFindsIt()
    {
        // The socket is on 10.0.0.2, the interface has none of its addresses.
        IDiscoveryService service = await StartAsync("192.168.7.7");
        AnnounceResult announced = await _network.Time.AdvanceUntilAsync(service.AnnouncePresenceAsync());
        Assert.That(announced.Layers["local"].Error?.Message, Does.Contain("listen"));
    }

    [Test]
    public void TheBuilderTakesOneLocalLayer()
    {
        DiscoveryServiceBuilder builder = new("test");
        builder.AddLocalLayer(new() { Interfaces = ["lo"] });
        Assert.That(() => builder.AddLayer(new LocalLayer(new())), Throws.ArgumentException);
        Assert.That(() => new LocalLayerOptions { LookTime = TimeSpan.Zero }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    /// <summary>A service with the local layer alone; its first address is where it listens, unless others are given.</summary>
    private Task<IDiscoveryService> StartAsync(params string[] addresses) => StartAsync(null, addresses);

    private async Task<IDiscoveryService> StartAsync(DiscoveryOptions? options, params string[] addresses)
    {
        IDiscoveryService service = Create(options, addresses);
        await _network.Time.AdvanceUntilAsync(service.InitializeAsync());
        return service;
    }

    private IDiscoveryService Create(DiscoveryOptions? options, params string[] addresses)
    {
        InMemoryTransport transport = _network.CreateTransport();
        TestLan.Machine machine = _lan.AddMachine(addresses.Length > 0 ? addresses : [transport.LocalEndPoint.Address.ToString()]);
        return _network.Create(options, builder => builder.UseTransports(transport).AddLayer(new LocalLayer(new(), machine)), withBootstrap: false);
    }

    private async Task<LocalLayer> StartLayerAsync(string network)
    {
        PeerInfo self = new() { Id = PeerIdentity.Create().Id, EndPoints = [PeerEndPoint.Parse("10.0.0.77:4000")] };
        LocalLayer layer = new(new(), _lan.AddMachine("10.0.0.77"));
        await layer.StartAsync(new()
        {
            Network = network,
            Options = new() { TimeProvider = _network.Time },
            GetSelf = () => self,
            GetBootstrapNodesAsync = static _ => AsyncEnumerable.Empty<BootstrapNode>(),
        }, default);
        ValueTask<LayerAnnouncement> announced = layer.AnnounceAsync(SignedItem.Create(PeerIdentity.Create(), default, 1, "0:"u8), default);
        Assert.That((await _network.Time.AdvanceUntilAsync(announced)).Acknowledged, Is.Positive);
        return layer;
    }
}
