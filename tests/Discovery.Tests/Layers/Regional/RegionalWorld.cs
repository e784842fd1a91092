using Discovery.Peers;
using Discovery.Simulation;
using Discovery.Tests.Service;
using Discovery.Tests.Support;

namespace Discovery.Tests.Layers.Regional;

/// <summary>Peers whose place is told by their address: 10.C.0.N is in cluster C. A round trip takes 5 ms inside a cluster and 80 ms from one to another.</summary>
internal sealed class RegionalWorld : IAsyncDisposable
{
    /// <summary>Where services are; the bootstrap host is there too.</summary>
    public const int Home = 0;

    private readonly List<ScriptedPeer> _peers = [];
    private readonly List<IDiscoveryService> _services = [];

    public RegionalWorld() => Network.Network.Options = new() { LatencyBetween = Travel };

    /// <summary>Where datagrams went, from when it is set.</summary>
    public HashSet<PeerEndPoint>? Contacted { get; set; }

    public ServiceNetwork Network { get; } = new();

    public VirtualTimeProvider Time => Network.Time;

    /// <summary>Scripted peers that know of nobody yet.</summary>
    public ScriptedPeer[] Add(int cluster, int count, DiscoveryOptions? options = null, params IEnumerable<PeerEndPoint> claims)
    {
        ScriptedPeer[] added = [.. Enumerable.Range(1, count).Select(number => new ScriptedPeer(Network.Network, Time, PeerEndPoint.Parse($"10.{cluster}.1.{_peers.Count + number}:4000"), options, claims))];
        _peers.AddRange(added);
        return added;
    }

    /// <summary>A started service with the regional layer alone, to which these peers have been known for a while.</summary>
    public async Task<IDiscoveryService> StartAsync(RegionalLayerOptions? regional = null, IEnumerable<ScriptedPeer>? knows = null, DiscoveryOptions? options = null)
    {
        IDiscoveryService service = await Network.StartAsync(options ?? ServiceNetwork.Passive, builder => builder.AddRegionalLayer(regional), withBootstrap: false);
        foreach (ScriptedPeer peer in knows ?? [])
            Teach(service, peer);
        return service;
    }

    /// <summary>A started service in a cluster, with the bootstrap host as its source.</summary>
    public async Task<IDiscoveryService> StartAsync(int cluster, Action<DiscoveryServiceBuilder> configure, DiscoveryOptions? options = null)
    {
        DiscoveryServiceBuilder builder = new DiscoveryServiceBuilder("test", (options ?? ServiceNetwork.Passive) with { TimeProvider = Time })
            .UseTransports(Network.Network.CreateTransport(PeerEndPoint.Parse($"10.{cluster}.2.{_services.Count + 1}:4000"))).AddBootstrap(new FixedSource(ServiceNetwork.BootstrapHost));
        configure(builder);
        IDiscoveryService service = builder.Build();
        _services.Add(service);
        await Time.AdvanceUntilAsync(service.InitializeAsync());
        return service;
    }

    /// <summary>Lets a service know a peer, as if it had measured it.</summary>
    public void Teach(IDiscoveryService service, ScriptedPeer peer, bool isMeasured = true, NetworkCoordinate? at = null, double homeMilliseconds = 5)
    {
        Assert.That(PeerRecord.TryParse(peer.Record, peer.Network, Time.GetUtcNow(), out PeerRecord? record, out _), Is.True);
        ((PeerRegistry)service.Peers).Observe(record!, peer.EndPoint, isMeasured ? TimeSpan.FromMilliseconds(ClusterOf(peer.EndPoint) == Home ? homeMilliseconds : 80) : null, "test", Time.GetUtcNow(), at);
    }

    /// <summary>All that the service finds, the known ones included.</summary>
    public async Task<DiscoveryResult> FindAsync(IDiscoveryService service, PeerFilter? filter = null) => await Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1000, filter));

    /// <summary>Which of the found ones the regional layer sighted.</summary>
    public static IEnumerable<PeerId> Regional(DiscoveryResult found) => found.Peers.Where(static peer => peer.Sources.Contains("regional")).Select(static peer => peer.Id);

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable part in _services.Concat<IAsyncDisposable>(_peers))
        {
            Task stop = part.DisposeAsync().AsTask();
            await Time.AdvanceUntilAsync(() => stop.IsCompleted);
        }
        await Network.DisposeAsync();
    }

    private TimeSpan Travel(PeerEndPoint from, PeerEndPoint to)
    {
        Contacted?.Add(to);
        return TimeSpan.FromMilliseconds(ClusterOf(from) == ClusterOf(to) ? 2.5 : 40);
    }

    private static int ClusterOf(in PeerEndPoint endPoint)
    {
        Span<byte> address = stackalloc byte[16];
        endPoint.WriteAddress(address);
        return address[1];
    }
}
