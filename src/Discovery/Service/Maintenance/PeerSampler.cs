using System.Collections.Concurrent;
using System.Threading.Channels;
using Discovery.Kademlia;
using Discovery.Peers;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>Keeps measuring the known peers, evenly over time (<see cref="SamplingPlan"/>), so that the registry knows who lives and how far away. Thread-safe.</summary>
/// <remarks>
/// A sample is one ping to the end point where the peer was proven last: one query and one answer, twice 100 bytes or so. Instead of that the peer has to prove its key again (two round trips) when its record has
/// less than a third of its life left, when it was not proven for half of <see cref="DiscoveryTiming.StaleAfter"/>, or when another DHT node answers there than the one that gave the proof. n peers cost
/// min(n / 10, <see cref="DiscoveryLimits.MaxSamplesPerRound"/>) samples in <see cref="DiscoveryTiming.SampleInterval"/>.
/// </remarks>
internal sealed class PeerSampler
{
    /// <summary>The most peers that are being asked at a time. When so many do not answer the others wait.</summary>
    private const int MaxConcurrent = 64;

    private readonly Lock _gate = new();
    private readonly PeerRegistry _registry;
    private readonly PeerVerifier _verifier;
    private readonly Func<DhtNode> _getNode;
    private readonly DiscoveryOptions _options;
    private readonly ILogger _logger;
    private readonly SamplingPlan _plan;
    private readonly Wakeup _wakeup;
    private readonly ConcurrentDictionary<PeerId, NodeId> _nodes = [];
    private readonly Channel<PeerId> _turns = Channel.CreateBounded<PeerId>(new BoundedChannelOptions(1) { SingleWriter = true });
    private readonly long _epoch;

    public PeerSampler(PeerRegistry registry, PeerVerifier verifier, Func<DhtNode> getNode, DiscoveryOptions options, ILogger logger)
    {
        (_registry, _verifier, _getNode, _options, _logger) = (registry, verifier, getNode, options, logger);
        _epoch = options.TimeProvider.GetTimestamp();
        _wakeup = new(options.TimeProvider);
        _plan = new(options.Timing.SampleInterval, options.Limits.MaxSamplesPerRound, Random.Shared, TimeSpan.Zero);
        verifier.Proven = (id, node) => _nodes[id] = node;
    }

    private TimeSpan Now => _options.TimeProvider.GetElapsedTime(_epoch);

    /// <summary>Measures until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll([PaceAsync(cancellationToken), .. Enumerable.Range(0, MaxConcurrent).Select(_ => AskAsync(cancellationToken))]);

    /// <summary>These were just given to the application, and whoever of them is dead shall not be given twice; or somebody says that they are gone.</summary>
    public void Doubt(IEnumerable<PeerInfo> peers)
    {
        bool any = false;
        lock (_gate)
        {
            TimeSpan now = Now;
            foreach (PeerInfo peer in peers)
                any |= _plan.Doubt(peer.Id, now);
        }
        if (any)
            _wakeup.Set();
    }

    private async Task PaceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task woken = _wakeup.Next;
            while (TryTake(out PeerId id))
                await _turns.Writer.WriteAsync(id, cancellationToken).ConfigureAwait(false);
            TimeSpan next;
            lock (_gate)
                next = _plan.Next;
            await _wakeup.WaitAsync(woken, next - Now, cancellationToken).ConfigureAwait(false);
        }
    }

    private bool TryTake(out PeerId id)
    {
        lock (_gate)
        {
            TimeSpan now = Now;
            if (_plan.IsRoundOver(now))
            {
                IReadOnlyList<PeerInfo> peers = _registry.SamplingOrder(_options.Timing.SampleInterval, _options.TimeProvider.GetUtcNow());
                _plan.BeginRound(peers.Select(static peer => peer.Id), peers.Count, now);
                Forget();
            }
            return _plan.TryTake(now, out id);
        }
    }

    /// <summary>Whoever is no longer known proves itself before it is asked again.</summary>
    private void Forget()
    {
        if (_nodes.Count <= _registry.Count)
            return;
        foreach (PeerId id in _nodes.Keys)
            if (_registry.Get(id) is null)
                _nodes.TryRemove(id, out _);
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        await foreach (PeerId id in _turns.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (_registry.Get(id) is not { EndPoints.Count: > 0 } peer || await IsThereAsync(peer, cancellationToken).ConfigureAwait(false))
                    continue;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // What one peer leads to must not end the work on the others.
                ServiceLog.StepFailed(_logger, "sampling", exception);
            }
            lock (_gate)
                _plan.Failed(id, Now);
            _wakeup.Set();
        }
    }

    private async Task<bool> IsThereAsync(PeerInfo peer, CancellationToken cancellationToken)
    {
        if (NeedsProof(peer))
            return await ProveAsync(peer, cancellationToken).ConfigureAwait(false);
        DhtPing? ping = await PingAsync(peer.EndPoints[0], cancellationToken).ConfigureAwait(false);
        if (ping is null)
        {
            _registry.Fail(peer.Id, _options.TimeProvider.GetUtcNow());
            return false;
        }
        if (_nodes.TryGetValue(peer.Id, out NodeId node) && node == ping.Id)
        {
            _registry.Answer(peer.Id, ping.Rtt, _options.TimeProvider.GetUtcNow());
            return true;
        }
        return await ProveAsync(peer, cancellationToken).ConfigureAwait(false);
    }

    private bool NeedsProof(PeerInfo peer)
    {
        DateTimeOffset now = _options.TimeProvider.GetUtcNow();
        return now - peer.LastSeen > _options.Timing.StaleAfter / 2 || _registry.IsNearExpiry(peer.Id, now);
    }

    /// <summary>The verifier itself notes who has failed.</summary>
    private async Task<bool> ProveAsync(PeerInfo peer, CancellationToken cancellationToken) =>
        (await _verifier.VerifyAsync(new(peer.EndPoints[0], peer.Sources.FirstOrDefault(PeerSearch.Registry)) { Id = peer.Id }, cancellationToken).ConfigureAwait(false)).Peer is not null;

    private async Task<DhtPing?> PingAsync(PeerEndPoint endPoint, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(_options.Timing.IdentifyTimeout, _options.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await _getNode().PingAsync(endPoint, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
