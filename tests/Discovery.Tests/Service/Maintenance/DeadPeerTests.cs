using Discovery.Tests.Support;

namespace Discovery.Tests.Service.Maintenance;

/// <summary>Peers that die and come back.</summary>
public sealed class DeadPeerTests
{
    private const int Peers = 20;
    private static readonly TimeSpan s_sampling = TimeSpan.FromSeconds(30), s_step = TimeSpan.FromMilliseconds(100);

    private ServiceNetwork _network = null!;
    private IDiscoveryService[] _others = null!;
    private IDiscoveryService _service = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _network = new();
        // The others only answer: what is seen is what the one does.
        _others = [.. await Task.WhenAll(Enumerable.Range(0, Peers).Select(_ => _network.StartAsync(ServiceNetwork.Passive, withBootstrap: false)))];
        FixedLayer layer = new("fixed", DiscoveryScope.Local, [.. _others.Select(static other => new PeerSighting(other.Self.EndPoints[0], "fixed"))]);
        DiscoveryOptions options = new() { Timing = new() { DiscoverInterval = TimeSpan.MaxValue } };
        _service = await _network.StartAsync(options, builder => builder.AddLayer(layer), withBootstrap: false);
        Assert.That((await _network.Time.AdvanceUntilAsync(_service.DiscoverPeersAsync(Peers))).Peers, Has.Count.EqualTo(Peers));
    }

    [TearDown]
    public ValueTask RemoveAsync() => _network.DisposeAsync();

    [Test]
    public async Task HalfOfThemDieLeaveTheResultsAndAreFoundAgain()
    {
        HashSet<PeerId> dead = [.. _others[..(Peers / 2)].Select(static other => other.Self.Id)];
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        Unplug();
        Dictionary<PeerId, TimeSpan> tried = [];
        List<PeerId> before = [];
        TimeSpan end = _network.Time.Elapsed + TimeSpan.FromMinutes(6);
        while (_network.Time.Elapsed < end)
        {
            PeerId[] recommended = [.. _service.GetRecommendedPeers(Peers).Select(static peer => peer.Id).Where(dead.Contains)];
            Assert.That(recommended.Intersect(before), Is.Empty, "twice in a row");
            Assert.That(recommended.Where(id => tried.TryGetValue(id, out TimeSpan at) && _network.Time.Elapsed - at >= s_sampling), Is.Empty, "tried, and still there");
            foreach (PeerId id in dead.Where(id => _service.Peers.Get(id) is not { IsAlive: true }))
                tried.TryAdd(id, _network.Time.Elapsed);
            before = [.. recommended];
            await AdvanceAsync(s_sampling * 0.8);
        }
        Assert.Multiple(() =>
        {
            Assert.That(tried, Has.Count.EqualTo(dead.Count));
            Assert.That(_service.Peers.Count, Is.EqualTo(Peers / 2));
            Assert.That(_service.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Healthy));
        });
        foreach (IDiscoveryService other in _others[..(Peers / 2)])
            _network.Network.Plug(other.Self.EndPoints[0]);
        await _network.Time.AdvanceUntilAsync(() => _service.Peers.Count == Peers, s_step, TimeSpan.FromMinutes(20));
    }

    [Test]
    public async Task ADiscoveryDoesNotGiveTheDeadTwice()
    {
        HashSet<PeerId> dead = [.. _others[..(Peers / 2)].Select(static other => other.Self.Id)];
        Unplug();
        HashSet<PeerId> before = [];
        for (int i = 0; i < 6; i++)
        {
            DiscoveryResult found = await _network.Time.AdvanceUntilAsync(_service.DiscoverPeersAsync(Peers), s_step);
            HashSet<PeerId> given = [.. found.Peers.Select(static peer => peer.Id).Where(dead.Contains)];
            Assert.That(given.Intersect(before), Is.Empty, $"call {i}");
            before = given;
            await AdvanceAsync(s_sampling / 2);
        }
        Assert.That(before, Is.Empty);
    }

    [Test]
    public async Task WhoeverDiesIsToldOfWithinAnIntervalOfBeingTried()
    {
        await using IAsyncEnumerator<PeerEvent> events = _service.WatchPeersAsync().GetAsyncEnumerator();
        PeerId dead = _others[0].Self.Id;
        _network.Network.Unplug(_others[0].Self.EndPoints[0]);
        TimeSpan? tried = null;
        while (true)
        {
            Assert.That(await _network.Time.AdvanceUntilAsync(events.MoveNextAsync(), s_step, TimeSpan.FromMinutes(10)));
            if (events.Current.Peer.Id != dead)
                continue;
            if (events.Current.Kind == PeerEventKind.Lost)
                break;
            tried ??= _network.Time.Elapsed;
        }
        Assert.Multiple(() =>
        {
            Assert.That(events.Current.Reason, Is.EqualTo(PeerLossReason.Dead));
            Assert.That(_network.Time.Elapsed - tried, Is.LessThan(s_sampling));
        });
    }

    [Test]
    public async Task AnotherNodeInThePlaceOfAPeerIsNotTakenForIt()
    {
        await AdvanceAsync(TimeSpan.FromMinutes(6)); // Everybody was pinged.
        PeerEndPoint place = _others[0].Self.EndPoints[0];
        PeerId gone = _others[0].Self.Id;
        await _network.Time.AdvanceUntilAsync(Dispose(_others[0]));
        await using Discovery.Transports.DhtNode node = new([_network.Network.CreateTransport(place)], new() { TimeProvider = _network.Time });
        node.Start();
        await _network.Time.AdvanceUntilAsync(() => _service.Peers.Get(gone) is null, s_step, TimeSpan.FromMinutes(8));

        static async ValueTask<bool> Dispose(IDiscoveryService service)
        {
            await service.DisposeAsync();
            return true;
        }
    }

    [Test]
    public async Task TrackingTwentyPeersCostsTwoPingsARound()
    {
        await AdvanceAsync(TimeSpan.FromMinutes(2));
        DiscoveryHealth health = _service.GetHealth();
        // Two samples in 30 s. The DHT's own upkeep beside it: a ping in 5 s of its own, and an answer a minute to each of the others. Every period may be a tenth shorter.
        double most = (4 + 12 + Peers) / 0.9 + 1;
        Assert.Multiple(() =>
        {
            Assert.That(health.SentPerMinute, Is.InRange(4, most));
            Assert.That(health.ReceivedPerMinute, Is.InRange(4, most));
        });
    }

    private void Unplug()
    {
        foreach (IDiscoveryService other in _others[..(Peers / 2)])
            _network.Network.Unplug(other.Self.EndPoints[0]);
    }

    private async Task AdvanceAsync(TimeSpan by)
    {
        TimeSpan end = _network.Time.Elapsed + by;
        await _network.Time.AdvanceUntilAsync(() => _network.Time.Elapsed >= end, s_step, by + TimeSpan.FromMinutes(1));
    }
}
