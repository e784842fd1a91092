using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Discovery.Diagnostics;
using Discovery.Peers;
using Discovery.Service;

namespace Discovery;

/// <content>What can be asked of the service.</content>
public sealed partial class DiscoveryService
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The service has not been started.</exception>
    public async ValueTask<DiscoveryResult> DiscoverPeersAsync(int count, PeerFilter? filter = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ThrowUnlessStarted();
        // Also when peers already known would be enough.
        cancellationToken.ThrowIfCancellationRequested();
        long started = _options.TimeProvider.GetTimestamp();
        using Activity? activity = DiscoveryActivities.Source.StartActivity("discover");
        activity?.SetTag("count", count).SetTag("strategy", _options.Strategy.ToString());
        SearchOutcome found = await SearchAsync(CreateQuery(count, filter), cancellationToken).ConfigureAwait(false);
        _sampler.Doubt(found.Peers.Select(static peer => peer.Peer));
        TimeSpan elapsed = _options.TimeProvider.GetElapsedTime(started);
        IReadOnlyList<DiscoveryFailure> failures = [.. found.Failures, .. _sources.Where(static source => source.CurrentError is not null).Select(static source => new DiscoveryFailure(source.Name, source.CurrentError!))];
        activity?.SetTag("found", found.Peers.Count).SetTag("failures", failures.Count);
        DiscoveryMetrics.DiscoveryDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("strategy", _options.Strategy.ToString()));
        return new()
        {
            Peers = [.. found.Peers.Select(static peer => peer.Peer)],
            SourceBreakdown = found.Peers.CountBy(static peer => peer.Layer).ToDictionary(),
            Elapsed = elapsed,
            Strategy = _options.Strategy,
            Failures = failures,
        };
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The service has not been started.</exception>
    public IAsyncEnumerable<PeerInfo> FindPeersAsync(PeerFilter? filter = null, CancellationToken cancellationToken = default)
    {
        ThrowUnlessStarted();
        return FindAsync(CreateQuery(int.MaxValue, filter), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The service has not been started.</exception>
    public async ValueTask<PeerInfo?> ResolvePeerAsync(PeerId id, CancellationToken cancellationToken = default)
    {
        ThrowUnlessStarted();
        if (id == Self.Id)
            return Self;
        await foreach (PeerInfo peer in FindAsync(CreateQuery(1, null) with { Peer = id }, cancellationToken).ConfigureAwait(false))
            return peer;
        return null;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The service has not been started.</exception>
    public async ValueTask<AnnounceResult> AnnouncePresenceAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessStarted();
        using CancellationTokenSource patience = new(_options.Timing.DiscoveryTimeout, _options.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _lifetime, cancellationToken);
        SignedItem? record = _member.Record;
        KeyValuePair<string, LayerAnnouncement>[] layers = await Task.WhenAll(_layers.Select(async part =>
            KeyValuePair.Create(part.Name, await AnnounceAsync(part, record, either.Token).ConfigureAwait(false)))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, this);
        return new() { Layers = new Dictionary<string, LayerAnnouncement>(layers), Record = record };
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<PeerEvent> WatchPeersAsync(PeerFilter? filter = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, this);
        // From this call on, not from the first step of the loop. One signal stands for any number of events.
        Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        return WatchAsync(_registry.Watch(() => signal.Writer.TryWrite(true)), signal.Reader, filter, cancellationToken);
    }

    private async IAsyncEnumerable<PeerEvent> WatchAsync(PeerWatch watch, ChannelReader<bool> signal, PeerFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (watch)
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_lifetime, cancellationToken);
            while (true)
            {
                while (watch.TryRead(filter, out PeerEvent? change))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return change;
                }
                if (_lifetime.IsCancellationRequested)
                    yield break;
                // The service's own token holds this reader, and so its watch, for as long as it waits; the registry does not.
                Task<bool> next = signal.ReadAsync(either.Token).AsTask();
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private async IAsyncEnumerable<PeerInfo> FindAsync(PeerQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using Activity? activity = DiscoveryActivities.Source.StartActivity(query.Peer is null ? "find" : "resolve");
        SharedSearches.Share share = _searches.Join(new(query), query);
        await using (share.ConfigureAwait(false))
            await foreach (PeerInfo peer in share.Search.ReadAsync(cancellationToken).ConfigureAwait(false))
                yield return peer;
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, this);
    }

    private async Task<SearchOutcome> SearchAsync(PeerQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SearchKey key = new(query);
        if (_recent.Find(key, query.Filter) is { } recent)
            return recent;
        SharedSearches.Share share = _searches.Join(key, query);
        SearchOutcome outcome;
        await using (share.ConfigureAwait(false))
            outcome = await share.Search.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_lifetime.IsCancellationRequested, this);
        _recent.Note(key, query.Count, outcome);
        return outcome;
    }

    private async Task<LayerAnnouncement> AnnounceAsync(LayerPart part, SignedItem? record, CancellationToken cancellationToken)
    {
        if (!part.IsStarted)
            return new(0, 0, part.Monitor.CurrentError ?? new DiscoveryException("The layer has not been started."));
        if (record is null)
            return new(0, 0, new DiscoveryException("No end point at which this peer can be reached is known."));
        // Of its own, and cancelled by a task of its own: what the layer does when it is told, throwing or blocking, reaches neither a timer nor the caller.
        CancellationTokenSource stop = new();
        try
        {
            return await PublishAsync(part, record, stop.Token).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            return new(0, 0, new TimeoutException($"The layer was still publishing after {_options.Timing.DiscoveryTimeout}.", exception));
        }
        finally
        {
            _ = stop.CancelAsync();
        }
    }

    private PeerQuery CreateQuery(int count, PeerFilter? filter)
    {
        filter ??= new();
        string? capability = filter.Capability ?? filter.Capabilities.FirstOrDefault();
        NodeId topic = capability is { Length: > 0 } ? NetworkTopic.ForCapability(_parts.Network, capability)
            : filter.Region is { Length: > 0 } region ? NetworkTopic.ForRegion(_parts.Network, region)
            : _member.Network;
        return new() { Count = count, Filter = filter, Topic = topic };
    }

    private void ThrowUnlessStarted()
    {
        ObjectDisposedException.ThrowIf(_disposal is not null, this);
        _ = Node;
    }
}
