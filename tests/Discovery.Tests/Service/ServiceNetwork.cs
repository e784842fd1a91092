using Discovery.Simulation;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Service;

/// <summary>Services on a network in memory, in virtual time, with one bootstrap host at 10.0.0.1.</summary>
internal sealed class ServiceNetwork : IAsyncDisposable
{
    public const string BootstrapHost = "10.0.0.1:6881";

    private readonly List<IAsyncDisposable> _owned = [];
    private int _hosts = 1;

    /// <summary>Options of a service that looks for nobody of its own accord, so that a test sees what it asked for and no more.</summary>
    public static DiscoveryOptions Passive { get; } = new() { Timing = new() { DiscoverInterval = TimeSpan.MaxValue, SampleInterval = TimeSpan.MaxValue } };

    public ServiceNetwork() => Network = new(Time, 7);

    public VirtualTimeProvider Time { get; } = new();

    public InMemoryNetwork Network { get; }

    /// <summary>Starts the bootstrap host: a DHT node that knows of no network.</summary>
    public DhtNode StartBootstrap()
    {
        DhtNode node = new([Network.CreateTransport(PeerEndPoint.Parse(BootstrapHost))], new() { TimeProvider = Time });
        node.Start();
        _owned.Add(node);
        return node;
    }

    /// <summary>A service on a host of its own, with the global layer and the bootstrap host, not yet started.</summary>
    public IDiscoveryService Create(DiscoveryOptions? options = null, Action<DiscoveryServiceBuilder>? configure = null, bool withBootstrap = true)
    {
        DiscoveryServiceBuilder builder = new DiscoveryServiceBuilder("test", (options ?? new()) with { TimeProvider = Time })
            .UseTransports(CreateTransport());
        if (withBootstrap)
            builder.AddBootstrap(new FixedSource(BootstrapHost)).AddGlobalLayer();
        configure?.Invoke(builder);
        IDiscoveryService service = builder.Build();
        _owned.Add(service);
        return service;
    }

    /// <summary>A started service.</summary>
    public async Task<IDiscoveryService> StartAsync(DiscoveryOptions? options = null, Action<DiscoveryServiceBuilder>? configure = null, bool withBootstrap = true)
    {
        IDiscoveryService service = Create(options, configure, withBootstrap);
        await Time.AdvanceUntilAsync(service.InitializeAsync());
        return service;
    }

    /// <summary>A started service that others can find.</summary>
    public async Task<IDiscoveryService> StartPublishedAsync(DiscoveryOptions? options = null)
    {
        IDiscoveryService service = await StartAsync(options);
        Assert.That((await Time.AdvanceUntilAsync(service.AnnouncePresenceAsync())).Acknowledged, Is.Positive);
        return service;
    }

    public InMemoryTransport CreateTransport() => Network.CreateTransport(PeerEndPoint.Parse($"10.0.0.{++_hosts}:4000"));

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in _owned)
        {
            Task stop = owned.DisposeAsync().AsTask();
            await Time.AdvanceUntilAsync(() => stop.IsCompleted);
        }
        Network.Dispose();
    }
}
