using System.Collections.Concurrent;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery.Layers;

/// <summary>Turns the first contacts that sources name into hosts that the DHT node asks. A name that cannot be resolved holds up nobody and is tried again.</summary>
internal sealed class RouterFeed(DhtNode node, DiscoveryContext context, ILogger logger)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private readonly HostResolver _resolver = new();
    private readonly ConcurrentDictionary<string, byte> _resolving = new();

    /// <summary>What went wrong last.</summary>
    public Exception? LastError { get; private set; }

    /// <summary>Reads first contacts until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LayerLog.ContactsFailed(logger, exception);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        List<Task> running = [];
        await foreach (BootstrapNode contact in context.GetBootstrapNodesAsync(cancellationToken).ConfigureAwait(false))
        {
            running.RemoveAll(static task => task.IsCompleted);
            if (_resolving.TryAdd(contact.EndPoint, 0))
                running.Add(AddAsync(contact, cancellationToken));
        }
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task AddAsync(BootstrapNode contact, CancellationToken cancellationToken)
    {
        try
        {
            // The source itself is read again after this long, and names the host anew.
            for (TimeSpan delay = FirstRetry; !await TryAddAsync(contact, cancellationToken).ConfigureAwait(false) && delay < context.Options.Timing.RefreshBootstrapInterval; delay *= 2)
                await Task.Delay(delay, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _resolving.TryRemove(contact.EndPoint, out _);
        }
    }

    private async Task<bool> TryAddAsync(BootstrapNode contact, CancellationToken cancellationToken)
    {
        ResolvedHost host = await _resolver.ResolveAsync(contact, cancellationToken).ConfigureAwait(false);
        if (host.Error is not null)
        {
            LastError = host.Error;
            LayerLog.Unresolved(logger, contact.EndPoint, contact.Source, host.Error);
            return false;
        }
        foreach (PeerEndPoint endPoint in host.EndPoints)
            node.AddRouter(endPoint);
        LayerLog.Resolved(logger, contact.EndPoint, contact.Source, host.EndPoints.Count);
        return true;
    }
}
