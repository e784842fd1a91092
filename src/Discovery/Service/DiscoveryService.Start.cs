using System.Net.Sockets;
using Discovery.Layers;
using Discovery.Service;
using Discovery.Transports;

namespace Discovery;

/// <content>Starting, and what goes on from then.</content>
public sealed partial class DiscoveryService
{
    private async Task<bool> StartAsync()
    {
        DhtNode node = StartNode();
        _member.Renew(OwnEndPoints.Find(node, _options, _parts.IsPublic));
        node.Serve(_member);
        ServiceLog.Started(_logger, _identity.Id, _parts.Network, string.Join(", ", node.LocalEndPoints));
        int remembered = _keeper is null ? 0 : await _keeper.LoadAsync(_lifetime).ConfigureAwait(false);
        _isRestored = node.IsRestored || remembered > 0;
        Run("bootstrap", _feed.RunAsync(_lifetime));
        using CancellationTokenSource patience = new(_options.Timing.JoinTimeout, _options.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _lifetime);
        Task[] starts = [.. _layers.Select(part => Task.Run(() => StartAsync(part), CancellationToken.None))];
        await Task.WhenAll(starts).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Run("maintenance", MaintainAsync(node));
        Run("introductions", VerifyIntroducedAsync());
        Run("sampling", _sampler.RunAsync(_lifetime));
        Run("discovery", LookAroundAsync());
        if (_sources.Count == 0 && !_isRestored && _layers.All(static part => part.Layer is IReadyLayer { IsReady: false }))
            return false;
        await foreach (Task<bool> usable in Task.WhenEach(_layers.Select(part => IsUsableAsync(part, either.Token))).ConfigureAwait(false))
            if (await usable.ConfigureAwait(false))
                return true;
        return false;
    }

    private DhtNode StartNode()
    {
        ReadOnlyMemory<byte> saved = _state.Read();
        IEnumerable<IDatagramTransport> transports = _parts.Transports ?? _options.Listen.Select(IDatagramTransport (endPoint) => new UdpTransport(endPoint, new() { LoggerFactory = _options.LoggerFactory }));
        DhtNode node = new(transports, new()
        {
            Kademlia = new() { IsReadOnly = _options.IsReadOnly, IsPublic = _parts.IsPublic, Flood = _options.Limits.Flood, Budget = _options.Limits.Budget },
            SavedState = saved,
            TimeProvider = _options.TimeProvider,
            LoggerFactory = _options.LoggerFactory,
        });
        if (!saved.IsEmpty && !node.IsRestored)
            _state.Damaged();
        // Known before it is started, so that disposal closes the sockets that could be opened.
        Volatile.Write(ref _node, node);
        try
        {
            node.Start();
        }
        catch (SocketException exception)
        {
            throw new DiscoveryException(exception.Message, exception); // It names the end point.
        }
        return node;
    }

    private async Task StartAsync(LayerPart part)
    {
        DiscoveryContext context = new()
        {
            Network = _parts.Network,
            Options = _options,
            GetSelf = () => Self,
            GetBootstrapNodesAsync = _feed.ReadAsync,
            Doubt = id => _sampler.Doubt(_registry.Get(id) is { } peer ? [peer] : []),
        };
        try
        {
            await part.Layer.StartAsync(context, _lifetime).ConfigureAwait(false);
            part.IsStarted = true;
        }
        catch (Exception exception)
        {
            part.Monitor.Failed(exception);
            ServiceLog.LayerFailed(_logger, part.Name, "start", exception);
            return;
        }
        Run($"work of layer {part.Name}", ServeAsync(part));
    }

    private static async Task<bool> IsUsableAsync(LayerPart part, CancellationToken cancellationToken)
    {
        if (!part.IsStarted)
            return false;
        if (part.Layer is IReadyLayer layer)
            await layer.WaitUntilReadyAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return part.Layer is not IReadyLayer { IsReady: false };
    }

    /// <summary>Notes when the layer can work, and publishes this peer on it now, in time, and whenever the record has changed.</summary>
    private async Task ServeAsync(LayerPart part)
    {
        if (part.Layer is IReadyLayer layer)
            await layer.WaitUntilReadyAsync(_lifetime).ConfigureAwait(false);
        part.Monitor.Succeeded();
        if (!_options.IsReadOnly)
            await PublishAsync(part).ConfigureAwait(false);
    }

    /// <summary>Keeps a task of the background in sight: none of them ends but by disposal.</summary>
    private void Run(string name, Task task)
    {
        lock (_gate)
            _background.Add(WatchAsync());

        async Task WatchAsync()
        {
            try
            {
                await task.ConfigureAwait(false);
            }
            catch (Exception exception) when (!_lifetime.IsCancellationRequested)
            {
                ServiceLog.TaskFailed(_logger, name, exception);
            }
        }
    }
}
