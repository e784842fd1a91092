using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>A layer, and how it is doing.</summary>
internal sealed record LayerPart(string Name, DiscoveryScope Scope, IDiscoveryLayer Layer, PartMonitor Monitor)
{
    /// <summary>Whether it has been started.</summary>
    public bool IsStarted { get; set; }
}

/// <summary>A peer that a search found, and the layer whose sighting led to it.</summary>
internal readonly record struct FoundPeer(PeerInfo Peer, string Layer);

/// <summary>One search: asks layers, proves what they sight, and yields the peers that match as they are verified. A layer that fails or hangs holds up nobody.</summary>
internal sealed class PeerSearch(IReadOnlyList<LayerPart> layers, PeerVerifier verifier, IPeerRegistry registry, DiscoveryOptions options, ILogger logger)
{
    /// <summary>How known peers are counted among the layers.</summary>
    public const string Registry = "registry";

    /// <summary>What one layer may sight in one search.</summary>
    private const int MaxSightings = 4096;

    /// <summary>How long work that was told to stop is waited for.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private readonly Channel<FoundPeer> _found = Channel.CreateUnbounded<FoundPeer>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<PeerEndPoint, byte> _asked = [];
    private readonly ConcurrentDictionary<PeerId, byte> _yielded = [];
    private readonly ConcurrentDictionary<string, byte> _unfinished = [];
    private readonly ConcurrentQueue<DiscoveryFailure> _failures = [];

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyList<DiscoveryFailure> Failures => [.. _failures];

    /// <summary>Runs the search, once. It ends when every layer has, at the deadline, or when the loop is left.</summary>
    /// <param name="query">What to look for.</param>
    /// <param name="lifetime">Cancelled when the service is disposed.</param>
    /// <param name="cancellationToken">Cancelled when the caller gives up.</param>
    public async IAsyncEnumerable<FoundPeer> RunAsync(PeerQuery query, CancellationToken lifetime, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Also when peers already known would be enough.
        cancellationToken.ThrowIfCancellationRequested();
        using CancellationTokenSource deadline = new(options.Timing.DiscoveryTimeout, options.TimeProvider);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, lifetime, cancellationToken);
        foreach (PeerInfo known in Fresh(query))
            yield return new(known, Registry);
        Task production = Task.Run(() => ProduceAsync(query, stop.Token), CancellationToken.None);
        try
        {
            while (await WaitAsync(stop.Token).ConfigureAwait(false))
                while (_found.Reader.TryRead(out FoundPeer found))
                    yield return found;
            if (deadline.IsCancellationRequested)
                foreach (string layer in _unfinished.Keys)
                    _failures.Enqueue(new(layer, new TimeoutException($"The layer was still looking after {options.Timing.DiscoveryTimeout}.")));
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await production.WaitAsync(Grace, options.TimeProvider, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(lifetime.IsCancellationRequested, typeof(DiscoveryService));
    }

    /// <summary>The peers proven a moment ago: they need no traffic, whether they match or not.</summary>
    private List<PeerInfo> Fresh(PeerQuery query)
    {
        DateTimeOffset since = options.TimeProvider.GetUtcNow() - options.Timing.ProofLifetime;
        List<PeerInfo> matching = [];
        foreach (PeerInfo peer in registry.List())
        {
            if (peer.LastSeen <= since)
                continue;
            _asked.TryAdd(peer.EndPoints[0], 0);
            if (IsWanted(peer, query))
                matching.Add(peer);
        }
        return matching;
    }

    private bool IsWanted(PeerInfo peer, PeerQuery query) => (query.Peer is null || peer.Id == query.Peer) && query.Filter.Matches(peer) && _yielded.TryAdd(peer.Id, 0);

    private async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _found.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ProduceAsync(PeerQuery query, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            IEnumerable<IGrouping<DiscoveryScope, LayerPart>> rounds = layers.Where(static part => part.IsStarted)
                .GroupBy(part => options.Strategy == DiscoveryStrategy.LocalFirst ? part.Scope : DiscoveryScope.Global).OrderBy(static round => round.Key);
            foreach (IGrouping<DiscoveryScope, LayerPart> round in rounds)
                if (_yielded.Count < query.Count && !cancellationToken.IsCancellationRequested)
                    await Task.WhenAll(round.Select(part => AskAsync(part, query, cancellationToken))).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The caller's own predicate threw: that is for the caller to see.
            failure = exception;
        }
        finally
        {
            _found.Writer.TryComplete(failure);
        }
    }

    private async Task AskAsync(LayerPart part, PeerQuery query, CancellationToken cancellationToken)
    {
        List<Task> verifications = [];
        _unfinished.TryAdd(part.Name, 0);
        try
        {
            // On the pool, so that a layer that blocks before its first await blocks nobody else.
            await Task.Yield();
            await foreach (PeerSighting sighting in part.Layer.FindAsync(query, cancellationToken).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (!_asked.TryAdd(sighting.EndPoint, 0))
                    continue;
                verifications.Add(VerifyAsync(sighting with { Source = part.Name }, query, cancellationToken));
                if (verifications.Count == MaxSightings)
                    break;
            }
            part.Monitor.Succeeded();
            _unfinished.TryRemove(part.Name, out _);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _unfinished.TryRemove(part.Name, out _);
            part.Monitor.Failed(exception);
            _failures.Enqueue(new(part.Name, exception));
            ServiceLog.LayerFailed(logger, part.Name, "find", exception);
        }
        await Task.WhenAll(verifications).ConfigureAwait(false);
    }

    private async Task VerifyAsync(PeerSighting sighting, PeerQuery query, CancellationToken cancellationToken)
    {
        if ((await verifier.VerifyAsync(sighting, cancellationToken).ConfigureAwait(false)).Peer is { } peer && IsWanted(peer, query))
            _found.Writer.TryWrite(new(peer, sighting.Source));
    }
}
