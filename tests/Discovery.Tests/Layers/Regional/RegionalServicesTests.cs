using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Layers.Regional;

/// <summary>The layer among real services, with a DHT between them.</summary>
public sealed class RegionalServicesTests
{
    private RegionalWorld _world = null!;

    [SetUp]
    public void Create() => _world = new();

    [TearDown]
    public ValueTask RemoveAsync() => _world.DisposeAsync();

    [Test]
    public async Task WithoutARegionANewcomerFindsItsOwnCluster()
    {
        _world.Network.StartBootstrap();
        const int Clusters = 8, Peers = 4 * Clusters;
        List<IDiscoveryService> services = [];
        for (int i = 0; i < Peers; i++)
            services.Add(await _world.StartAsync(i % Clusters, static builder => builder.AddGlobalLayer()));
        await _world.Time.AdvanceUntilAsync(new ValueTask<AnnounceResult[]>(Task.WhenAll(services.Select(static service => service.AnnouncePresenceAsync().AsTask()))));
        await _world.Time.AdvanceUntilAsync(new ValueTask<DiscoveryResult[]>(Task.WhenAll(services.Select(static service => service.DiscoverPeersAsync(Peers - 1).AsTask()))));
        Assert.That(services.Select(static service => service.Peers.Count), Is.All.EqualTo(Peers - 1));
        Assert.That(services[0].Peers.List().Select(static peer => peer.PredictedRtt), Is.All.Not.Null, "all have said where they are");
        IDiscoveryService newcomer = await _world.StartAsync(1, static builder => builder.AddRegionalLayer());
        DiscoveryResult found = await _world.FindAsync(newcomer);
        Assert.Multiple(() =>
        {
            Assert.That(RegionalWorld.Regional(found), Is.EquivalentTo(services.Where(static (_, i) => i % Clusters == 1).Select(static service => service.Self.Id)));
            Assert.That(found.Peers.Where(static peer => peer.Sources.Contains("regional")).Max(static peer => peer.Rtt), Is.LessThan(TimeSpan.FromMilliseconds(6)));
            Assert.That(found.Elapsed, Is.LessThan(TimeSpan.FromSeconds(3)));
        });
        AnnounceResult announced = await _world.Time.AdvanceUntilAsync(newcomer.AnnouncePresenceAsync());
        Assert.That(announced.Layers["regional"], Is.EqualTo(new LayerAnnouncement(4, 4)), "introductions; there is no region to be announced under");
        TimeSpan later = _world.Time.Elapsed + TimeSpan.FromSeconds(1);
        await _world.Time.AdvanceUntilAsync(() => _world.Time.Elapsed > later);
        Assert.That(services.Where(service => service.Peers.Get(newcomer.Self.Id) is not null).Select(static service => service.Self.Id), Is.EquivalentTo(RegionalWorld.Regional(found)), "they asked it for a proof");
    }

    [Test]
    public async Task TheRegionsTopicAloneIsEnough()
    {
        _world.Network.StartBootstrap();
        DiscoveryOptions there = new() { Region = "here" };
        IDiscoveryService[] near = [await StartAsync(1, there), await StartAsync(1, there), await StartAsync(1, there)];
        IDiscoveryService boaster = await StartAsync(2, there), elsewhere = await StartAsync(1, new() { Region = "elsewhere" });
        foreach (IDiscoveryService service in near.Append(boaster).Append(elsewhere))
            Assert.That((await _world.Time.AdvanceUntilAsync(service.AnnouncePresenceAsync())).Layers["regional"].Acknowledged, Is.Positive);
        IDiscoveryService newcomer = await StartAsync(1, there);
        DiscoveryResult found = await _world.FindAsync(newcomer);
        Assert.That(RegionalWorld.Regional(found), Is.EquivalentTo(near.Select(static service => service.Self.Id)), "whoever only says that it is here is not near");
        Assert.That(newcomer.Peers.Get(boaster.Self.Id)?.Sources, Is.EqualTo(new[] { "neighbors" }).Or.Null);
    }

    [Test]
    public async Task ARegionIsAnnouncedOnceWhetherOrNotThereIsAGlobalLayer([Values] bool isGlobal)
    {
        DhtNode bootstrap = _world.Network.StartBootstrap();
        IDiscoveryService service = await _world.StartAsync(1, builder => (isGlobal ? builder.AddGlobalLayer() : builder).AddRegionalLayer(), new() { Region = "here" });
        AnnounceResult announced = await _world.Time.AdvanceUntilAsync(service.AnnouncePresenceAsync());
        Assert.Multiple(() =>
        {
            Assert.That(announced.Layers["regional"], Is.EqualTo(isGlobal ? new LayerAnnouncement(0, 0) : new LayerAnnouncement(1, 1)));
            Assert.That(announced.Asked, Is.EqualTo(isGlobal ? 3 : 1), "the network, the region and the record; or the region");
        });
        Task<List<PeerEndPoint>> holders = ReadAsync(bootstrap, NetworkTopic.ForRegion("test", "here"));
        await _world.Time.AdvanceUntilAsync(() => holders.IsCompleted);
        Assert.That(await holders, Is.EqualTo(service.Self.EndPoints));
    }

    [Test]
    public async Task WithNobodyToAskItEndsAtOnce()
    {
        IDiscoveryService service = await _world.StartAsync();
        DiscoveryResult found = await _world.FindAsync(service);
        Assert.That((found.Peers.Count, found.Failures.Count, found.Elapsed < TimeSpan.FromSeconds(1)), Is.EqualTo((0, 0, true)));
        Assert.That(service.GetHealth().Parts.Single().Status, Is.EqualTo(DiscoveryStatus.Healthy), "it has met nobody, and waits");
    }

    [Test]
    public void ThereIsOneLayerOfThatName()
    {
        DiscoveryServiceBuilder builder = new("test");
        Assert.That(() => builder.AddLayer(new Service.FixedLayer("regional", DiscoveryScope.Regional)), Throws.ArgumentException);
        Assert.That(() => new RegionalLayerOptions { MaxRtt = TimeSpan.Zero }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RegionalLayerOptions { MaxAsked = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RegionalLayerOptions { MaxRounds = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private Task<IDiscoveryService> StartAsync(int cluster, DiscoveryOptions options) => _world.StartAsync(cluster, static builder => builder.AddRegionalLayer(), options);

    private static async Task<List<PeerEndPoint>> ReadAsync(DhtNode bootstrap, NodeId topic)
    {
        List<PeerEndPoint> found = [];
        await foreach (PeerEndPoint endPoint in bootstrap.GetPeersAsync(topic))
            found.Add(endPoint);
        return found;
    }
}
