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

    /// <summary>A socket behind a router that gives it another address, and lets in only those who were asked.</summary>
    private sealed class TranslatedTransport(InMemoryTransport outside, PeerEndPoint inside) : IDatagramTransport
    {
        private readonly HashSet<PeerEndPoint> _asked = [];

        public PeerEndPoint LocalEndPoint => inside;

        public void Start(IDatagramReceiver receiver) => outside.Start(new Filter(receiver, _asked));

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
