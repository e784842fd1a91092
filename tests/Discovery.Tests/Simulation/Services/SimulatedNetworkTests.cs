using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Transports;

namespace Discovery.Tests.Simulation.Services;

public sealed class SimulatedNetworkTests
{
    private static readonly PeerFilter s_storage = new() { Capability = "storage" };

    private readonly List<IAsyncDisposable> _owned = [];
    private SimulatedNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new("test", 7);

    [TearDown]
    public async Task Clear()
    {
        foreach (IAsyncDisposable owned in _owned)
            await owned.DisposeAsync();
        _owned.Clear();
        _network.Dispose();
    }

    [Test]
    public async Task AServiceFindsAmongAThousandPeersThoseThatMatch()
    {
        _network.AddPeers(950);
        IReadOnlyList<VirtualPeer> storage = _network.AddPeers(50, "storage", "relay");
        IDiscoveryService service = await StartAsync();
        DiscoveryResult found = await _network.RunAsync(() => service.DiscoverPeersAsync(20, s_storage));
        Assert.That(found.Peers, Has.Count.EqualTo(20));
        Assert.That(found.Peers.Select(static peer => peer.Id), Is.SubsetOf(storage.Select(static peer => peer.Id)));
        Assert.That(found.Peers.Select(static peer => peer.Capabilities), Is.All.EqualTo(new[] { "relay", "storage" }));
        Assert.That(found.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(found.Failures, Is.Empty);
    }

    [Test]
    public async Task ServicesOfTheApplicationFindEachOtherThroughTheVirtualPeers()
    {
        _network.AddPeers(100);
        IDiscoveryService one = await StartAsync(new() { Capabilities = ["mine"], Region = "here" }), other = await StartAsync();
        await _network.RunAsync(() => one.AnnouncePresenceAsync());
        DiscoveryResult found = await _network.RunAsync(() => other.DiscoverPeersAsync(1, new() { Capability = "mine" }));
        Assert.That(found.Peers.Single().Id, Is.EqualTo(one.Self.Id));
        PeerInfo? resolved = await _network.RunAsync(() => other.ResolvePeerAsync(one.Self.Id));
        Assert.That(resolved?.Region, Is.EqualTo("here"));
    }

    [Test]
    public async Task APeerIsFoundByItsKeyAsLongAsItLives()
    {
        VirtualPeer peer = _network.AddPeers(100)[17];
        IDiscoveryService service = await StartAsync();
        _network.Kill(peer);
        Assert.That(await ResolveAsync(), Is.Null);
        Assert.That(peer.IsUp, Is.False);
        _network.Revive(peer);
        Assert.That((await ResolveAsync())?.EndPoints, Is.EqualTo(new[] { peer.EndPoint }));
        Assert.That(_network.Find(peer.Id), Is.SameAs(peer));
        Assert.That(_network.Find(service.Self.Id), Is.Null);

        Task<PeerInfo?> ResolveAsync() => _network.RunAsync(() => service.ResolvePeerAsync(peer.Id));
    }

    [Test]
    public async Task VirtualPeersStayAnnouncedAndTheirRecordsValid()
    {
        _network.AddPeers(60);
        _network.AddPeers(40, new DiscoveryOptions { Capabilities = ["storage"], Region = "far", Capacity = new() { Connections = 9 } });
        await _network.AdvanceAsync(TimeSpan.FromMinutes(70));
        IDiscoveryService service = await StartAsync();
        DiscoveryResult found = await _network.RunAsync(() => service.DiscoverPeersAsync(40, s_storage with { Region = "far" }));
        Assert.That(found.Peers, Has.Count.EqualTo(40));
        Assert.That(found.Peers[0].Capacity?.Connections, Is.EqualTo(9));
        Assert.That(found.Peers.Select(static peer => peer.Record!.Verify()), Is.All.True);
    }

    [Test]
    public async Task TheDeadOfAMassKillAreNoticedAndOthersFound()
    {
        IReadOnlyList<VirtualPeer> storage = _network.AddPeers(200, "storage");
        IDiscoveryService service = await StartAsync();
        DiscoveryResult before = await _network.RunAsync(() => service.DiscoverPeersAsync(10, s_storage));
        _network.Kill(before.Peers.Select(peer => _network.Find(peer.Id)!));
        _network.Kill(storage.Where(static (_, number) => number % 2 == 0));
        await _network.AdvanceAsync(TimeSpan.FromMinutes(5));
        DiscoveryResult after = await _network.RunAsync(() => service.DiscoverPeersAsync(10, s_storage));
        Assert.That(after.Peers, Has.Count.EqualTo(10));
        Assert.That(after.Peers.Select(peer => _network.Find(peer.Id)!.IsUp), Is.All.True);
    }

    [Test]
    public async Task TheRegionalLayerAsksVirtualPeersForTheirNeighbours()
    {
        _network.Conditions = new() { Latency = LatencyModel.Constant(TimeSpan.FromMilliseconds(20)) };
        _network.AddPeers(50);
        IDiscoveryService service = Own(_network.CreateBuilder().AddRegionalLayer().Build());
        await _network.RunAsync(() => service.InitializeAsync());
        DiscoveryResult found = await _network.RunAsync(() => service.DiscoverPeersAsync(15));
        Assert.That(found.Peers, Has.Count.EqualTo(15));
        Assert.That(found.SourceBreakdown.Keys, Is.EqualTo(new[] { "regional" }));
    }

    [Test]
    public async Task WhoeverIsUnpluggedOrOnAnIslandReachesNobody()
    {
        _network.AddPeers(20);
        DhtNode node = StartNode();
        PeerEndPoint own = node.LocalEndPoints[0];
        Assert.That(await CountReachedAsync(), Is.EqualTo(5));
        _network.Unplug(own);
        Assert.That(await CountReachedAsync(), Is.Zero);
        _network.Plug(own);
        Assert.That(await CountReachedAsync(), Is.EqualTo(5));
        _network.Partition(own, _network.Peers[0].EndPoint);
        Assert.That(await CountReachedAsync(), Is.EqualTo(1));
        _network.Heal();
        Assert.That(await CountReachedAsync(), Is.EqualTo(5));
        _network.Conditions = new() { Loss = 1 };
        Assert.That(await CountReachedAsync(), Is.Zero);

        Task<int> CountReachedAsync() => _network.RunAsync(async () =>
        {
            DhtPing?[] pings = await Task.WhenAll(_network.Peers.Take(5).Select(peer => node.PingAsync(peer.EndPoint).AsTask()));
            return pings.Count(static ping => ping is not null);
        });
    }

    [Test]
    public void WhereNobodyCanBeNothingIsCut()
    {
        foreach (PeerEndPoint nowhere in new[] { default, PeerEndPoint.Parse("[2001:db8::1]:1") })
        {
            Assert.That(() => _network.Unplug(nowhere), Throws.ArgumentException.With.Property("ParamName").EqualTo("endPoints"));
            Assert.That(() => _network.Partition(nowhere), Throws.ArgumentException.With.Property("ParamName").EqualTo("island"));
        }
    }

    [Test]
    public void NobodyWaitsForEverForMorePeersThanFit([Values(0, 100_001, int.MaxValue)] int count) =>
        Assert.That(() => _network.AddPeers(count), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("count"));

    [TestCase(null, DiscoveryReachability.Reachable)]
    [TestCase(NatKind.FullCone, DiscoveryReachability.Reachable)]
    [TestCase(NatKind.PortRestrictedCone, DiscoveryReachability.BehindNat)]
    [TestCase(NatKind.Symmetric, DiscoveryReachability.BehindNat)]
    public async Task AServiceBehindANatFindsPeersAndKnowsWhatItIsBehind(NatKind? nat, DiscoveryReachability expected)
    {
        _network.AddPeers(50);
        IDiscoveryService service = Own(_network.CreateService(nat: nat));
        DiscoveryResult found = await _network.RunAsync(async () =>
        {
            await service.InitializeAsync();
            return await service.DiscoverPeersAsync(5);
        });
        Assert.That(found.Peers, Has.Count.EqualTo(5));
        await _network.AdvanceAsync(TimeSpan.FromMinutes(2));
        DhtPing? seen = await _network.RunAsync(() => StartNode().PingAsync(service.Self.EndPoints[^1]));
        Assert.That(seen is not null, Is.EqualTo(expected == DiscoveryReachability.Reachable));
        Assert.That(service.GetHealth().Reachability, Is.EqualTo(expected));
    }

    [TestCase(NatKind.FullCone), TestCase(NatKind.PortRestrictedCone), TestCase(NatKind.Symmetric), TestCase(NatKind.Firewall)]
    public async Task AServiceIsUnpluggedByTheAddressItHasBehindItsNat(NatKind nat)
    {
        _network.AddPeers(30);
        IDiscoveryService service = Own(_network.CreateService(nat: nat)), beside = Own(_network.CreateService(nat: nat));
        await _network.RunAsync(() => service.InitializeAsync());
        await _network.RunAsync(() => beside.InitializeAsync());
        PeerEndPoint[] inside = [.. service.GetHealth().LocalEndPoints];
        _network.Unplug(inside);
        await _network.AdvanceAsync(TimeSpan.FromSeconds(121));
        Assert.That(service.GetHealth().IsDhtActive, Is.False);
        Assert.That(beside.GetHealth().IsDhtActive, Is.True, "it is another one's NAT");
        _network.Plug(inside);
        await _network.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.That(service.GetHealth().IsDhtActive, Is.True);
    }

    [Test]
    public async Task TheDeadAreHandedOutForNoLongerThanAProofIsTrusted()
    {
        _network.AddPeers(200, "storage");
        IDiscoveryService service = await StartAsync();
        DiscoveryResult found = await _network.RunAsync(() => service.DiscoverPeersAsync(10, s_storage));
        _network.Kill(found.Peers.Select(peer => _network.Find(peer.Id)!));
        await _network.AdvanceAsync(new DiscoveryTiming().ProofLifetime);
        found = await _network.RunAsync(() => service.DiscoverPeersAsync(10, s_storage));
        Assert.That(found.Peers, Has.Count.EqualTo(10));
        Assert.That(found.Peers.Select(peer => _network.Find(peer.Id)!.IsUp), Is.All.True);
    }

    [Test]
    public async Task HealthTellsAfterTwoMinutesThatEverybodyIsGoneAndWhenSomebodyIsBack()
    {
        _network.AddPeers(50);
        IDiscoveryService service = await StartAsync();
        await _network.RunAsync(() => service.DiscoverPeersAsync(10));
        Assert.That(service.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Healthy));
        _network.Kill(_network.Peers);
        await _network.AdvanceAsync(TimeSpan.FromSeconds(121));
        DiscoveryHealth health = service.GetHealth();
        Assert.That((health.Status, health.IsDhtActive), Is.EqualTo((DiscoveryStatus.Degraded, false)));
        Assert.That(health.Reasons, Has.Some.Contains("for 2 minutes"));
        await _network.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.That(service.GetHealth().AlivePeers, Is.Zero);
        _network.Revive(_network.Peers);
        await _network.AdvanceAsync(TimeSpan.FromMinutes(5));
        health = service.GetHealth();
        Assert.That(health.Status, Is.EqualTo(DiscoveryStatus.Healthy), string.Join(' ', health.Reasons));
    }

    [Test]
    public async Task OneSeedHasTheSamePeersAndTheSameHistory()
    {
        List<(PeerId, PeerEndPoint)> first = [.. _network.AddPeers(100).Select(static peer => (peer.Id, peer.EndPoint))];
        await _network.AdvanceAsync(TimeSpan.FromMinutes(20));
        using SimulatedNetwork again = new("test", 7), other = new("test", 8);
        Assert.That(again.AddPeers(100).Select(static peer => (peer.Id, peer.EndPoint)), Is.EqualTo(first));
        Assert.That(other.AddPeers(100).Select(static peer => (peer.Id, peer.EndPoint)), Is.Not.EqualTo(first));
        await again.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.That(again.Datagrams, Is.Positive.And.EqualTo(_network.Datagrams));
        Assert.That(again.History, Is.EqualTo(_network.History));
    }

    [Test]
    public async Task OneSeedGivesServicesTheSameSurroundings()
    {
        using SimulatedNetwork again = new("test", 7);
        List<string>[] seen = [[], []];
        foreach ((SimulatedNetwork network, List<string> facts) in ((SimulatedNetwork, List<string>)[])[(_network, seen[0]), (again, seen[1])])
        {
            network.AddPeers(60, "storage");
            await using IDiscoveryService one = network.CreateService(), other = network.CreateService(nat: NatKind.Symmetric);
            await network.RunAsync(() => one.InitializeAsync());
            await network.RunAsync(() => one.DiscoverPeersAsync(5));
            await network.RunAsync(() => other.InitializeAsync());
            network.AddPeers(10);
            await using IDiscoveryService late = network.CreateService();
            await network.RunAsync(() => late.InitializeAsync());
            facts.AddRange(network.Peers.Select(static peer => peer.ToString()));
            facts.AddRange(new[] { one, other, late }.SelectMany(static service => service.GetHealth().LocalEndPoints).Select(static endPoint => endPoint.ToString()));
        }
        Assert.That(seen[1], Is.EqualTo(seen[0]));
        Assert.That(seen[0].Distinct().Count(), Is.EqualTo(73));
    }

    private IDiscoveryService Own(IDiscoveryService service)
    {
        _owned.Add(service);
        return service;
    }

    private DhtNode StartNode()
    {
        DhtNode node = new([_network.CreateTransport()], new() { TimeProvider = _network.Time });
        _owned.Add(node);
        node.Start();
        return node;
    }

    private async Task<IDiscoveryService> StartAsync(DiscoveryOptions? options = null)
    {
        IDiscoveryService service = Own(_network.CreateService(options));
        Assert.That(await _network.RunAsync(() => service.InitializeAsync()), Is.True);
        return service;
    }
}
