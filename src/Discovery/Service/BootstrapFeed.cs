using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Discovery.Limits;
using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>Reads all bootstrap sources at once, again and again, and hands what they name to every reader. A source that fails is tried again, and holds up nobody.</summary>
internal sealed class BootstrapFeed(IReadOnlyList<(PartMonitor Monitor, IBootstrapSource Source)> sources, DiscoveryOptions options, ILogger logger)
{
    /// <summary>What one source may name in one reading.</summary>
    private const int MaxNodesOfSource = 1000;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, BootstrapNode> _known = [];
    private readonly List<Channel<BootstrapNode>> _readers = [];
    private readonly Random _random = new();

    /// <summary>Reads the sources until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(sources.Select(part => Task.Run(() => RunAsync(part.Monitor, part.Source, cancellationToken), cancellationToken)));

    /// <summary>What all sources have named so far, then what they name from now on.</summary>
    public async IAsyncEnumerable<BootstrapNode> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<BootstrapNode> channel = Channel.CreateBounded<BootstrapNode>(new BoundedChannelOptions(MaxNodesOfSource) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            foreach (BootstrapNode node in _known.Values)
                channel.Writer.TryWrite(node);
            _readers.Add(channel);
        }
        try
        {
            await foreach (BootstrapNode node in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return node;
        }
        finally
        {
            lock (_gate)
                _readers.Remove(channel);
        }
    }

    private async Task RunAsync(PartMonitor monitor, IBootstrapSource source, CancellationToken cancellationToken)
    {
        TimeSpan interval = options.Timing.RefreshBootstrapInterval;
        Backoff backoff = new(FirstRetry < interval ? FirstRetry : interval, interval);
        while (true)
        {
            bool isGood = await ReadOnceAsync(monitor, source, cancellationToken).ConfigureAwait(false);
            if (isGood)
                backoff.Reset();
            TimeSpan wait;
            lock (_gate)
                wait = isGood ? interval * (0.9 + 0.2 * _random.NextDouble()) : backoff.Next(_random);
            await Task.Delay(wait, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> ReadOnceAsync(PartMonitor monitor, IBootstrapSource source, CancellationToken cancellationToken)
    {
        try
        {
            int count = 0;
            await foreach (BootstrapNode node in source.GetNodesAsync(cancellationToken).ConfigureAwait(false))
            {
                if (++count > MaxNodesOfSource)
                    break;
                Publish(node with { Source = monitor.Name });
            }
            monitor.Succeeded();
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            monitor.Failed(exception);
            ServiceLog.SourceFailed(logger, monitor.Name, exception);
            return false;
        }
    }

    private void Publish(BootstrapNode node)
    {
        lock (_gate)
        {
            if (_known.Count < MaxNodesOfSource * sources.Count)
                _known[node.EndPoint] = node;
            foreach (Channel<BootstrapNode> reader in _readers)
                reader.Writer.TryWrite(node);
        }
    }
}
