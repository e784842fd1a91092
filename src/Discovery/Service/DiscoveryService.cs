using Discovery.Peers;
using Discovery.Service;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery;

/// <summary>Finds peers by its layers, proves each, and remembers how good they are. Made by <see cref="DiscoveryServiceBuilder"/>.</summary>
public sealed partial class DiscoveryService : IDiscoveryService
{
    /// <summary>How long a part that does not stop is waited for.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _lifetime;
    private readonly ServiceParts _parts;
    private readonly DiscoveryOptions _options;
    private readonly ILogger _logger;
    private readonly PeerIdentity _identity;
    private readonly CoordinateTracker _coordinates = new(Random.Shared);
    private readonly PeerRegistry _registry;
    private readonly LocalMember _member;
    private readonly PeerVerifier _verifier;
    private readonly BootstrapFeed _feed;
    private readonly StateFile _state;
    private readonly IReadOnlyList<PartMonitor> _sources;
    private readonly IReadOnlyList<LayerPart> _layers;
    private readonly SharedSearches _searches;
    private readonly RecentSearches _recent;
    private readonly List<Task> _background = [];
    private readonly PeerSampler _sampler;
    private readonly PeerKeeper? _keeper;
    private readonly MessageRates _rates = new();
    private readonly Wakeup _lookAgain;
    private readonly long _created;
    private volatile bool _isRestored;
    private DhtNode? _node;
    private Task<bool>? _start;
    private Task? _disposal;

    internal DiscoveryService(ServiceParts parts)
    {
        (_parts, _options, _lifetime) = (parts, parts.Options, _stopping.Token);
        _logger = HarmlessLogger.Create<DiscoveryService>(_options.LoggerFactory);
        _identity = _options.Identity ?? PeerIdentity.Create();
        _registry = new(_options.Limits.MaxPeers, new(parts.Scorers, (scorer, exception) => ServiceLog.ScorerFailed(_logger, scorer.Name, exception)), _identity.Id,
            NetworkTopic.ForNetwork(parts.Network), _coordinates, _options.TimeProvider.GetUtcNow());
        _member = new(_identity, parts.Network, parts.IsPublic, _options, _registry, _coordinates, _logger);
        _member.CheckSize();
        _verifier = new(_member, parts.IsPublic, _options, _registry, () => Node, _logger);
        (PartMonitor Monitor, IBootstrapSource Source)[] sources = [.. parts.Sources.Select(part => (new PartMonitor(part.Name, DiscoveryPartKind.Source, _options.TimeProvider), part.Source))];
        _sources = [.. sources.Select(static part => part.Monitor)];
        _feed = new(sources, _options, _logger);
        _state = new(_options.StatePath, _logger);
        _sampler = new(_registry, _verifier, () => Node, _options, _logger);
        _keeper = PeerKeeper.Choose(_options) is { } store ? new(store, _registry, _options, _logger) : null;
        _lookAgain = new(_options.TimeProvider);
        _created = _options.TimeProvider.GetTimestamp();
        IEnumerable<IDiscoveryLayer> layers = CreateLayers();
        _layers = [.. layers.Select(layer => new LayerPart(layer.Name, layer.Scope, layer, new(layer.Name, DiscoveryPartKind.Layer, _options.TimeProvider), new(_options.TimeProvider, Random.Shared)))];
        SearchContext context = new(_layers, async (sighting, cancellationToken) => (await _verifier.VerifyUnlessFreshAsync(sighting, cancellationToken).ConfigureAwait(false)).Peer, _registry, _options, _logger, _lifetime);
        (_searches, _recent) = (new(query => new(context, query)), new(context));
    }

    /// <inheritdoc/>
    public PeerInfo Self => _member.Self;

    /// <inheritdoc/>
    public IPeerRegistry Peers => _registry;

    internal LocalMember Member => _member;

    private TimeSpan Uptime => _options.TimeProvider.GetElapsedTime(_created);

    private DhtNode Node => Volatile.Read(ref _node) ?? throw new InvalidOperationException($"Call {nameof(InitializeAsync)} first.");

    /// <inheritdoc/>
    /// <remarks>A token that is cancelled ends the wait; the service goes on starting. Waits for a first contact for <see cref="DiscoveryTiming.JoinTimeout"/>, and not at all when there is nobody to ask.</remarks>
    /// <exception cref="DiscoveryException">An end point of <see cref="DiscoveryOptions.Listen"/> cannot be bound, or at <see cref="DiscoveryOptions.StatePath"/> is something else than a state. The service cannot be used.</exception>
    public async ValueTask<bool> InitializeAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task<bool> start;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposal is not null, this);
            start = _start ??= Task.Run(StartAsync, CancellationToken.None);
        }
        bool isUsable = await start.WaitAsync(cancellationToken).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, this);
        return isUsable;
    }

    /// <inheritdoc/>
    public IReadOnlyList<PeerInfo> GetRecommendedPeers(int count = 10, PeerFilter? filter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        IReadOnlyList<PeerInfo> best = _registry.Best(count, filter);
        _sampler.Doubt(best);
        return best;
    }

    /// <inheritdoc/>
    public DiscoveryHealth GetHealth()
    {
        ServiceStage stage = _disposal is not null ? ServiceStage.Disposed : _start is null ? ServiceStage.New : ServiceStage.Started;
        DhtNode? node = Volatile.Read(ref _node);
        IEnumerable<PartMonitor> sources = _keeper is null ? _sources : _sources.Append(_keeper.Monitor);
        return HealthReport.Create(stage, sources, _layers, isSeed: _sources.Count == 0 && !_isRestored, _registry.GetStatistics(), _registry.IsDeserted, node, _parts.HasGlobalLayer, node is null ? default : _rates.Read(node.Messages, Uptime));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
            return new(_disposal ??= Task.Run(StopAsync));
    }

    private async Task StopAsync()
    {
        // It runs code of layers, which may throw or block.
        await _stopping.CancelAsync().WaitAsync(StopGrace, _options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_start is Task start)
            await start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A part of the application's that ignores its token must not keep the others from ending.
        Task[] background;
        lock (_gate)
            background = [.. _background]; // A layer that started late may be adding its work right now.
        await Task.WhenAll(background).WaitAsync(StopGrace, _options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (LayerPart part in _layers)
            await StopAsync(part).ConfigureAwait(false);
        if (_node is { } node)
        {
            await SaveAsync(node, CancellationToken.None).WaitAsync(StopGrace, _options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await node.DisposeAsync().ConfigureAwait(false);
        }
        else
            foreach (IDatagramTransport transport in _parts.Transports ?? [])
                await transport.DisposeAsync().ConfigureAwait(false);
        if (_options.Identity is null)
            _identity.Dispose();
        _keeper?.Dispose();
        _stopping.Dispose();
    }

    private async Task StopAsync(LayerPart part)
    {
        try
        {
            await part.Layer.DisposeAsync().AsTask().WaitAsync(StopGrace, _options.TimeProvider).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            part.Monitor.Failed(exception);
            ServiceLog.LayerFailed(_logger, part.Name, "stop", exception);
        }
    }
}
