using Discovery.Simulation;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Service;

/// <summary>
/// Sixty services on a network in memory, each in a /24 of its own: 10 near ones with round trips of 5 ms, 20 of 30 ms and 30 of 150 ms. Every third loses a part of what is sent to it, and every seventh
/// claims a capacity that nobody has. A searching service has a layer for each of the three kinds, which sights all of them and nobody else.
/// </summary>
internal sealed class SixtyPeers : IAsyncDisposable
{
    private static readonly (DiscoveryScope Scope, int Count, double Milliseconds)[] s_kinds = [(DiscoveryScope.Local, 10, 5), (DiscoveryScope.Regional, 20, 30), (DiscoveryScope.Global, 30, 150)];
    private static readonly double[] s_losses = [0.3, 0.5, 0.6];

    private readonly List<IAsyncDisposable> _owned = [];
    private readonly Dictionary<PeerEndPoint, AssignedPeer> _byPlace = [];
    private readonly Dictionary<PeerId, AssignedPeer> _byId = [];
    private readonly InMemoryNetwork _network;
    private int _searchers;

    /// <summary>A peer as it was made.</summary>
    public sealed record AssignedPeer(int Number, DiscoveryScope Scope, double Milliseconds, double Loss, bool IsLiar)
    {
        /// <summary>Latency and reliability of the default mix of scorers, applied to the truth: what is claimed has no part in it, and everybody is as fresh. A query is sent three times before it has failed.</summary>
        public double Quality => (100 / (100 + Milliseconds) + (1 - Math.Pow(Loss, 3))) / 2.5;
    }

    public SixtyPeers() => _network = new(Time, 11, new() { LatencyBetween = LatencyBetween });

    public VirtualTimeProvider Time { get; } = new();

    public IReadOnlyCollection<AssignedPeer> All => _byId.Values;

    public AssignedPeer this[PeerInfo peer] => _byId[peer.Id];

    public async Task StartAsync()
    {
        foreach ((DiscoveryScope scope, int count, double milliseconds) in s_kinds)
            for (int i = 0; i < count; i++)
            {
                int number = _byPlace.Count;
                AssignedPeer peer = new(number, scope, milliseconds, number % 3 == 2 ? s_losses[number / 3 % s_losses.Length] : 0, number % 7 == 3);
                PeerEndPoint place = PeerEndPoint.Parse($"10.1.{number}.1:4000");
                _byPlace.Add(place, peer);
                PeerCapacity? claim = peer.IsLiar ? new() { BandwidthKbps = long.MaxValue / 2, Connections = int.MaxValue, StorageMiB = long.MaxValue / 2, LoadPercent = 0 } : null;
                IDiscoveryService service = Own(new DiscoveryServiceBuilder("test", new() { TimeProvider = Time, Capacity = claim })
                    .UseTransports(new LossyTransport(_network.CreateTransport(place), peer.Loss, number)).Build());
                await Time.AdvanceUntilAsync(service.InitializeAsync());
                _byId.Add(service.Self.Id, peer);
            }
    }

    /// <summary>A service that looks for them.</summary>
    public async Task<IDiscoveryService> SearcherAsync(DiscoveryStrategy strategy)
    {
        DiscoveryServiceBuilder builder = new DiscoveryServiceBuilder("test", new() { TimeProvider = Time, Strategy = strategy, Timing = new() { SampleInterval = TimeSpan.FromSeconds(2) } })
            .UseTransports(_network.CreateTransport(PeerEndPoint.Parse($"10.2.{_searchers++}.1:4000")));
        foreach (IGrouping<DiscoveryScope, KeyValuePair<PeerEndPoint, AssignedPeer>> kind in _byPlace.GroupBy(static peer => peer.Value.Scope))
            builder.AddLayer(new FixedLayer($"{kind.Key} layer", kind.Key, [.. kind.Select(static peer => new PeerSighting(peer.Key, ""))]));
        IDiscoveryService service = Own(builder.Build());
        await Time.AdvanceUntilAsync(service.InitializeAsync());
        return service;
    }

    /// <summary>Lets time pass, in long steps: whatever is sent between two of them still arrives at its time.</summary>
    public async Task WaitAsync(TimeSpan time)
    {
        TimeSpan end = Time.Elapsed + time;
        await Time.AdvanceUntilAsync(() => Time.Elapsed >= end, TimeSpan.FromMilliseconds(50), limit: time + TimeSpan.FromSeconds(1));
    }

    public async ValueTask DisposeAsync()
    {
        Task stop = Task.WhenAll(_owned.Select(static owned => owned.DisposeAsync().AsTask()));
        await Time.AdvanceUntilAsync(() => stop.IsCompleted);
        _network.Dispose();
    }

    private IDiscoveryService Own(IDiscoveryService service)
    {
        _owned.Add(service);
        return service;
    }

    // Half of the round trip, one way.
    private TimeSpan LatencyBetween(PeerEndPoint from, PeerEndPoint to) =>
        TimeSpan.FromMilliseconds((_byPlace.GetValueOrDefault(from) ?? _byPlace.GetValueOrDefault(to))?.Milliseconds / 2 ?? 1);
}

/// <summary>Loses a part of what arrives.</summary>
internal sealed class LossyTransport(IDatagramTransport inner, double loss, int seed) : IDatagramTransport
{
    public PeerEndPoint LocalEndPoint => inner.LocalEndPoint;

    public void Start(IDatagramReceiver receiver) => inner.Start(new LossyReceiver(receiver, loss, new Random(seed)));

    public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination) => inner.Send(datagram, destination);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class LossyReceiver(IDatagramReceiver receiver, double loss, Random random) : IDatagramReceiver
    {
        public void BeginBatch() => receiver.BeginBatch();

        public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply) => random.NextDouble() < loss ? 0 : receiver.Receive(datagram, source, reply);

        public void EndBatch() => receiver.EndBatch();
    }
}
