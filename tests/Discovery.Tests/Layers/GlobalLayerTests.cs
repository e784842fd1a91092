using Discovery.Kademlia;
using Discovery.Tests.Service;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Layers;

public sealed class GlobalLayerTests
{
    private ServiceNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new();

    [TearDown]
    public ValueTask RemoveAsync() => _network.DisposeAsync();

    [Test]
    public async Task AnnouncesUnderTheTopicsOfTheNetworkTheCapabilitiesAndTheRegionAndStoresTheRecord()
    {
        DhtNode bootstrap = _network.StartBootstrap();
        IDiscoveryService service = await _network.StartAsync(new() { Capabilities = ["storage", "relay"], Region = "here" });
        AnnounceResult announced = await _network.Time.AdvanceUntilAsync(service.AnnouncePresenceAsync());
        NodeId[] topics = [NetworkTopic.ForNetwork("test"), NetworkTopic.ForCapability("test", "storage"), NetworkTopic.ForCapability("test", "relay"), NetworkTopic.ForRegion("test", "here")];
        foreach (NodeId topic in topics)
            Assert.That(await FindAsync(bootstrap, topic), Is.EqualTo(service.Self.EndPoints));
        Assert.Multiple(() =>
        {
            // One node is there to take it: once for each topic, and the record.
            Assert.That((announced.Asked, announced.Acknowledged), Is.EqualTo((5, 5)));
            Assert.That(announced.Layers["global"].Error, Is.Null);
            Assert.That(announced.Record, Is.SameAs(service.Self.Record));
        });
        DhtItem item = await _network.Time.AdvanceUntilAsync(bootstrap.GetItemAsync(service.Self.Record!.Target, service.Self.Record.Salt));
        Assert.That(item.Item?.Sequence, Is.EqualTo(service.Self.Record.Sequence));
    }

    [Test]
    public async Task WithNobodyToTellItSaysSo()
    {
        IDiscoveryService service = await _network.StartAsync();
        AnnounceResult announced = await _network.Time.AdvanceUntilAsync(service.AnnouncePresenceAsync());
        Assert.Multiple(() =>
        {
            Assert.That(announced.Acknowledged, Is.Zero);
            Assert.That(announced.Layers["global"].Error, Is.InstanceOf<TimeoutException>());
        });
    }

    [Test]
    public async Task AReadOnlyPeerFindsAndIsNotFound()
    {
        DhtNode bootstrap = _network.StartBootstrap();
        IDiscoveryService peer = await _network.StartPublishedAsync(), shy = await _network.StartAsync(new() { IsReadOnly = true });
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(shy.DiscoverPeersAsync(1));
        _network.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(found.Peers.Select(static p => p.Id), Is.EqualTo(new[] { peer.Self.Id }));
        Assert.That(await FindAsync(bootstrap, NetworkTopic.ForNetwork("test")), Is.EqualTo(peer.Self.EndPoints));
    }

    [Test]
    public async Task WhatWasAnnouncedWhileNobodyWasThereIsAnnouncedWhenSomebodyIs()
    {
        IDiscoveryService service = await _network.StartAsync();
        _network.Time.Advance(TimeSpan.FromMinutes(1));
        DhtNode bootstrap = _network.StartBootstrap();
        await _network.Time.AdvanceUntilAsync(() => service.GetHealth().Status == DiscoveryStatus.Healthy, TimeSpan.FromMilliseconds(100));
        _network.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await FindAsync(bootstrap, NetworkTopic.ForNetwork("test")), Is.EqualTo(service.Self.EndPoints));
    }

    [Test]
    public async Task AnAnnouncementIsRepeatedWhenTheNetworkHasGrown()
    {
        _network.StartBootstrap();
        IDiscoveryService first = await _network.StartPublishedAsync();
        DhtNode[] nodes = [.. Enumerable.Range(0, 12).Select(_ => StartNode())];
        await _network.Time.AdvanceUntilAsync(() => first.GetHealth().TableSize >= 8, TimeSpan.FromMilliseconds(50));
        _network.Time.Advance(TimeSpan.FromSeconds(2));
        // Whoever is asked now asks the nodes nearest to the topic, most of which were not there at the first announcement.
        Assert.That(await FindAsync(nodes[^1], NetworkTopic.ForNetwork("test")), Is.EqualTo(first.Self.EndPoints));
        int holders = 0;
        foreach (DhtNode node in nodes)
            holders += await HoldsAsync(node, first.Self.EndPoints[0]) ? 1 : 0;
        Assert.That(holders, Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public async Task AnAnnouncementIsRepeatedBeforeItExpires()
    {
        DhtNode bootstrap = _network.StartBootstrap();
        IDiscoveryService service = await _network.StartPublishedAsync();
        SignedItem firstRecord = service.Self.Record!;
        for (int i = 0; i < 30; i++)
        {
            TimeSpan until = _network.Time.Elapsed + TimeSpan.FromMinutes(5);
            await _network.Time.AdvanceUntilAsync(() => _network.Time.Elapsed >= until, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(6));
            Assert.That(await FindAsync(bootstrap, NetworkTopic.ForNetwork("test")), Is.EqualTo(service.Self.EndPoints), $"after {_network.Time.Elapsed}");
        }
        DhtItem item = await _network.Time.AdvanceUntilAsync(bootstrap.GetItemAsync(service.Self.Record!.Target, service.Self.Record.Salt));
        Assert.Multiple(() =>
        {
            Assert.That(service.Self.Record.Sequence, Is.GreaterThan(firstRecord.Sequence), "signed anew before it expired");
            Assert.That(item.Item?.Sequence, Is.EqualTo(service.Self.Record.Sequence), "and published");
        });
    }

    [Test]
    public async Task OfTwoPeersOneIsTheFirstContactOfTheOther()
    {
        // Each announcement lies at the other peer alone: whoever looks for it must look at home too.
        IDiscoveryService first = await _network.StartAsync(configure: static builder => builder.AddGlobalLayer(), withBootstrap: false);
        IDiscoveryService second = await _network.StartAsync(configure: builder => builder.AddGlobalLayer().AddBootstrap(new FixedSource(first.Self.EndPoints[0].ToString())), withBootstrap: false);
        DiscoveryResult bySecond = await _network.Time.AdvanceUntilAsync(second.DiscoverPeersAsync(1)), byFirst = await _network.Time.AdvanceUntilAsync(first.DiscoverPeersAsync(1));
        PeerInfo? resolved = await _network.Time.AdvanceUntilAsync(first.ResolvePeerAsync(second.Self.Id));
        Assert.Multiple(() =>
        {
            Assert.That(byFirst.Peers.Select(static peer => peer.Id), Is.EqualTo(new[] { second.Self.Id }));
            Assert.That(bySecond.Peers.Select(static peer => peer.Id), Is.EqualTo(new[] { first.Self.Id }));
            Assert.That(resolved?.Id, Is.EqualTo(second.Self.Id));
        });
    }

    [Test]
    public async Task ManyTopicsAreSpreadOverTimeLestTheyPassForAFlood()
    {
        // On loopback nothing paces queries, and every node counts what one end point sends.
        DhtNode bootstrap = new([_network.Network.CreateTransport(PeerEndPoint.Parse("127.0.0.1:1"))], new() { TimeProvider = _network.Time });
        bootstrap.Start();
        DiscoveryOptions options = new() { TimeProvider = _network.Time, Capabilities = [.. Enumerable.Range(0, 32).Select(static i => $"capability-{i}")], Timing = new() { DiscoveryTimeout = TimeSpan.FromMinutes(1) } };
        IDiscoveryService service = new DiscoveryServiceBuilder("test", options).UseTransports(_network.Network.CreateTransport(PeerEndPoint.Parse("127.0.0.1:2")))
            .AddBootstrap(new FixedSource("127.0.0.1:1")).AddGlobalLayer().Build();
        await _network.Time.AdvanceUntilAsync(service.InitializeAsync());
        AnnounceResult announced = await _network.Time.AdvanceUntilAsync(service.AnnouncePresenceAsync());
        Assert.That((announced.Asked, announced.Acknowledged), Is.EqualTo((34, 34)));
        Task[] stops = [service.DisposeAsync().AsTask(), bootstrap.DisposeAsync().AsTask()];
        await _network.Time.AdvanceUntilAsync(() => stops.All(static stop => stop.IsCompleted));
    }

    private DhtNode StartNode()
    {
        DhtNode node = new([_network.CreateTransport()], new() { TimeProvider = _network.Time });
        node.Start();
        node.AddRouter(PeerEndPoint.Parse(ServiceNetwork.BootstrapHost));
        return node;
    }

    private async Task<bool> HoldsAsync(DhtNode node, PeerEndPoint peer)
    {
        NodeId topic = NetworkTopic.ForNetwork("test");
        DirectGetPeers query = new(node.LocalEndPoints[0], topic);
        DhtNode asker = StartNode();
        Task asked = asker.AskAsync(query, CancellationToken.None).AsTask();
        await _network.Time.AdvanceUntilAsync(() => asked.IsCompleted);
        await asker.DisposeAsync();
        return query.Peers.Contains(peer);
    }

    private async Task<List<PeerEndPoint>> FindAsync(DhtNode node, NodeId topic)
    {
        Task<List<PeerEndPoint>> search = ReadAsync();
        await _network.Time.AdvanceUntilAsync(() => search.IsCompleted);
        return await search;

        async Task<List<PeerEndPoint>> ReadAsync()
        {
            List<PeerEndPoint> found = [];
            await foreach (PeerEndPoint endPoint in node.GetPeersAsync(topic))
                found.Add(endPoint);
            return found;
        }
    }
}
