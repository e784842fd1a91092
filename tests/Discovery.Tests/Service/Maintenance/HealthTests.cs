using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Service.Maintenance;

/// <summary>What a service says of itself.</summary>
public sealed class HealthTests
{
    private ServiceNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new();

    [TearDown]
    public ValueTask RemoveAsync() => _network.DisposeAsync();

    [Test]
    public async Task WhoeverIsAskedByStrangersIsReachable()
    {
        _network.StartBootstrap();
        IDiscoveryService service = await _network.StartPublishedAsync();
        for (int i = 0; i < 3; i++)
            await _network.StartPublishedAsync();
        await _network.Time.AdvanceUntilAsync(() => service.GetHealth().Reachability == DiscoveryReachability.Reachable, TimeSpan.FromMilliseconds(50));
        DiscoveryHealth health = service.GetHealth();
        Assert.Multiple(() =>
        {
            Assert.That(health.IsDhtActive, Is.True);
            Assert.That(health.SentPerMinute, Is.Positive);
            Assert.That(health.ReceivedPerMinute, Is.Positive);
            Assert.That(health.Parts.Select(static part => part.Kind), Is.EqualTo(new[] { DiscoveryPartKind.Source, DiscoveryPartKind.Layer }));
            Assert.That(health.Parts.Select(static part => part.LastSuccess), Is.All.Not.Null);
        });
    }

    [Test]
    public async Task WhoIsSeenElsewhereAndAskedByNobodyIsBehindANat()
    {
        _network.StartBootstrap();
        for (int i = 0; i < 8; i++)
            await _network.StartPublishedAsync(ServiceNetwork.Passive);
        InMemoryTransport outside = _network.Network.CreateTransport(PeerEndPoint.Parse("99.0.0.9:4000"));
        await using IDiscoveryService service = new DiscoveryServiceBuilder("test", new() { TimeProvider = _network.Time })
            .UseTransports(new TranslatedTransport(outside, PeerEndPoint.Parse("192.168.1.2:4000"))).AddBootstrap(new FixedSource(ServiceNetwork.BootstrapHost)).AddGlobalLayer().Build();
        Assert.That(service.GetHealth().Reachability, Is.EqualTo(DiscoveryReachability.Unknown));
        await _network.Time.AdvanceUntilAsync(service.InitializeAsync());
        await _network.Time.AdvanceUntilAsync(() => service.GetHealth().Reachability == DiscoveryReachability.BehindNat, TimeSpan.FromMilliseconds(50));
        Task stop = service.DisposeAsync().AsTask();
        await _network.Time.AdvanceUntilAsync(() => stop.IsCompleted);
    }

    [Test]
    public async Task ASilentDhtAndDeadPeersAreReasonsAndComingBackIsNoticed()
    {
        DhtNode bootstrap = _network.StartBootstrap();
        IDiscoveryService other = await _network.StartPublishedAsync();
        IDiscoveryService service = await _network.StartPublishedAsync();
        await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        Assert.That(service.GetHealth(), Has.Property(nameof(DiscoveryHealth.Status)).EqualTo(DiscoveryStatus.Healthy).And.Property(nameof(DiscoveryHealth.AlivePeers)).EqualTo(1));
        PeerEndPoint own = service.Self.EndPoints[0];
        _network.Network.Unplug(own);
        await _network.Time.AdvanceUntilAsync(() => !service.GetHealth().IsDhtActive && service.Peers.Count == 0, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(5));
        Assert.That(service.GetHealth().Reasons, Has.One.Contains("No node of the DHT has answered"));
        _network.Network.Plug(own);
        await _network.Time.AdvanceUntilAsync(() => service.GetHealth().Status == DiscoveryStatus.Healthy && service.Peers.Count == 1, TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(10));
        Assert.That(service.Peers.Get(other.Self.Id), Is.Not.Null);
        Assert.That(bootstrap.TableSize, Is.Positive);
    }

    [Test]
    public async Task ASeedThatWaitsForOthersIsHealthy()
    {
        IDiscoveryService seed = await _network.StartAsync(configure: static builder => builder.AddGlobalLayer().AddRegionalLayer(), withBootstrap: false);
        Assert.That((await _network.Time.AdvanceUntilAsync(seed.DiscoverPeersAsync(1))).Peers, Is.Empty);
        Assert.That(seed.GetHealth(), Has.Property(nameof(DiscoveryHealth.Status)).EqualTo(DiscoveryStatus.Healthy).And.Property(nameof(DiscoveryHealth.Reasons)).Empty);
        IDiscoveryService lost = await _network.StartAsync();
        Assert.That(lost.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Unhealthy), "its source names a host that does not answer");
    }

    [Test]
    public async Task WhoHasLostEverybodyIsDegradedUntilSomebodyIsKnownAgain()
    {
        IDiscoveryService other = await _network.StartAsync(ServiceNetwork.Passive, withBootstrap: false);
        FixedLayer layer = new("fixed", DiscoveryScope.Local, new PeerSighting(other.Self.EndPoints[0], "fixed"));
        IDiscoveryService service = await _network.StartAsync(configure: builder => builder.AddLayer(layer), withBootstrap: false);
        Assert.That(service.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Healthy));
        await _network.Time.AdvanceUntilAsync(() => service.Peers.Count == 1);
        _network.Network.Unplug(other.Self.EndPoints[0]);
        await _network.Time.AdvanceUntilAsync(() => service.Peers.Count == 0, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Assert.That(service.GetHealth(), Has.Property(nameof(DiscoveryHealth.Status)).EqualTo(DiscoveryStatus.Degraded).And.Property(nameof(DiscoveryHealth.Reasons)).One.Contains("lost"));
        _network.Network.Plug(other.Self.EndPoints[0]);
        await _network.Time.AdvanceUntilAsync(() => service.GetHealth().Status == DiscoveryStatus.Healthy, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(20));
        Assert.That(service.Peers.Count, Is.EqualTo(1));
    }

    [TestCase("127.0.0.1:4000", ExpectedResult = DiscoveryReachability.Reachable)]
    [TestCase("0.0.0.0:4000", ExpectedResult = DiscoveryReachability.Unknown)]
    public async Task<DiscoveryReachability> SomebodyOnThisMachineIsAStrangerOnlyWhereNobodyElseCanCome(string bound)
    {
        InMemoryTransport inside = _network.Network.CreateTransport(PeerEndPoint.Parse("127.0.0.1:4000"));
        await using DhtNode node = new([new TranslatedTransport(inside, PeerEndPoint.Parse(bound), letsAllIn: true)], new() { TimeProvider = _network.Time });
        await using DhtNode asker = new([_network.Network.CreateTransport(PeerEndPoint.Parse("127.0.0.1:5000"))], new() { TimeProvider = _network.Time });
        node.Start();
        asker.Start();
        Assert.That(await _network.Time.AdvanceUntilAsync(asker.PingAsync(PeerEndPoint.Parse("127.0.0.1:4000"))), Is.Not.Null);
        return node.WasReached(TimeSpan.FromHours(1)) ? DiscoveryReachability.Reachable : DiscoveryReachability.Unknown;
    }

    /// <summary>A socket behind a router that gives it another address, and lets in only those who were asked.</summary>
    private sealed class TranslatedTransport(InMemoryTransport outside, PeerEndPoint inside, bool letsAllIn = false) : IDatagramTransport
    {
        private readonly HashSet<PeerEndPoint> _asked = [];

        public PeerEndPoint LocalEndPoint => inside;

        public void Start(IDatagramReceiver receiver) => outside.Start(letsAllIn ? receiver : new Filter(receiver, _asked));

        public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
        {
            lock (_asked)
                _asked.Add(destination);
            return outside.Send(datagram, destination);
        }

        public ValueTask DisposeAsync() => outside.DisposeAsync();

        private sealed class Filter(IDatagramReceiver receiver, HashSet<PeerEndPoint> asked) : IDatagramReceiver
        {
            public void BeginBatch() => receiver.BeginBatch();

            public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply)
            {
                lock (asked)
                    if (!asked.Contains(source))
                        return 0;
                return receiver.Receive(datagram, source, reply);
            }

            public void EndBatch() => receiver.EndBatch();
        }
    }
}
