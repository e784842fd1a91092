using System.Diagnostics;
using System.Security.Cryptography;
using Discovery.Diagnostics;
using Discovery.Kademlia;
using Discovery.Peers;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>What a verification came to, and the peer when it was verified.</summary>
internal readonly record struct Verification(VerificationOutcome Outcome, PeerInfo? Peer = null);

/// <summary>Turns sightings into peers: whoever is there must prove its key and show a record that names this place. Thread-safe.</summary>
/// <remarks>So many at a time, shared fairly by those that sighted them, each with a timeout. Those who ask about one end point at once share one answer; it is given up when the last of them leaves.</remarks>
internal sealed class PeerVerifier(LocalMember member, bool isPublic, DiscoveryOptions options, PeerRegistry registry, Func<DhtNode> getNode, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerEndPoint, Attempt> _running = [];
    private readonly FairSlots _slots = new(options.Limits.MaxConcurrentIdentifications);

    /// <summary>Told of each peer that was proven, and of the DHT node that it is. Called by any thread.</summary>
    public Action<PeerId, NodeId>? Proven { get; set; }

    private sealed class Attempt
    {
        public required Task<Verification> Result { get; init; }

        public required CancellationTokenSource Stop { get; init; }

        public int Waiters { get; set; }
    }

    /// <summary>Proves one sighting.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Verification> VerifyAsync(PeerSighting sighting, CancellationToken cancellationToken)
    {
        // Trap 12: what no datagram can reach, and on the public network what is not public.
        Verification verification = !sighting.EndPoint.IsUnicast || isPublic && sighting.EndPoint.IsPrivate
            ? new(VerificationOutcome.Unreachable)
            : await ShareAsync(sighting, cancellationToken).ConfigureAwait(false);
        if (verification.Peer is { } peer && sighting.Id is { } expected && peer.Id != expected)
            verification = new(VerificationOutcome.AnotherPeer);
        Report(sighting, verification.Outcome);
        return verification;
    }

    /// <summary>Proves one sighting, unless the peer that is said to be there was proven there a moment ago (<see cref="DiscoveryTiming.ProofLifetime"/>).</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<Verification> VerifyUnlessFreshAsync(PeerSighting sighting, CancellationToken cancellationToken) =>
        sighting.Id is { } id && registry.Get(id) is { IsAlive: true } known && known.EndPoints[0] == sighting.EndPoint && known.LastSeen > options.TimeProvider.GetUtcNow() - options.Timing.ProofLifetime
        && registry.See(id, sighting.Source) is { } peer
            ? Task.FromResult(new Verification(VerificationOutcome.Verified, peer))
            : VerifyAsync(sighting, cancellationToken);

    private async Task<Verification> ShareAsync(PeerSighting sighting, CancellationToken cancellationToken)
    {
        Attempt? attempt;
        lock (_gate)
        {
            if (!_running.TryGetValue(sighting.EndPoint, out attempt))
            {
                CancellationTokenSource stop = new();
                // Read here: whoever asked may have left, and disposed of it, before the task begins.
                CancellationToken stopped = stop.Token;
                attempt = new() { Stop = stop, Result = Task.Run(() => IdentifyAsync(sighting, stopped), CancellationToken.None) };
                _running.Add(sighting.EndPoint, attempt);
            }
            attempt.Waiters++;
        }
        try
        {
            return await attempt.Result.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            bool isLast;
            lock (_gate)
                if (isLast = --attempt.Waiters == 0)
                    _running.Remove(sighting.EndPoint);
            if (isLast)
            {
                await attempt.Stop.CancelAsync().ConfigureAwait(false);
                attempt.Stop.Dispose();
            }
        }
    }

    private async Task<Verification> IdentifyAsync(PeerSighting sighting, CancellationToken cancellationToken)
    {
        await _slots.EnterAsync(sighting.Source, cancellationToken).ConfigureAwait(false);
        try
        {
            IdentifyQuery query = new(sighting.EndPoint, member.Network, RandomNumberGenerator.GetBytes(IdentifyProof.NonceSize));
            using CancellationTokenSource patience = new(options.Timing.IdentifyTimeout, options.TimeProvider);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                await getNode().AskAsync(query, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                ServiceLog.Unused(logger, sighting.EndPoint, sighting.Source, "timeout");
            }
            Verification verification = Judge(query, sighting);
            if (verification.Outcome == VerificationOutcome.Forged)
                registry.OffendAt(sighting.EndPoint, PeerOffence.BadSignature, options.TimeProvider.GetUtcNow());
            // Whoever was proven there before has not answered now.
            registry.Blame(sighting.EndPoint, verification.Peer?.Id, options.TimeProvider.GetUtcNow());
            return verification;
        }
        finally
        {
            _slots.Leave(sighting.Source);
        }
    }

    private Verification Judge(IdentifyQuery query, PeerSighting sighting)
    {
        if (query.Record is not { } item)
            return new(query.IsForged ? VerificationOutcome.Forged : query.ErrorCode != 0 ? VerificationOutcome.NotAMember : VerificationOutcome.NoAnswer);
        if (item.Key == member.Id)
            return new(VerificationOutcome.Self);
        if (!PeerRecord.TryParse(item, member.Network, options.TimeProvider.GetUtcNow(), out PeerRecord? record, out _, isPublic))
            return new(VerificationOutcome.BadRecord);
        if (!record.EndPoints.Contains(sighting.EndPoint))
            return new(VerificationOutcome.NotAtEndPoint);
        return Register(record, query, sighting);
    }

    private Verification Register(PeerRecord record, IdentifyQuery query, PeerSighting sighting)
    {
        bool isNew = registry.Get(record.Id) is null;
        NetworkCoordinate? coordinate = NetworkCoordinate.TryParse(query.Coordinate.Span, out NetworkCoordinate told) ? told : null;
        if (registry.Observe(record, sighting.EndPoint, query.Rtt, sighting.Source, options.TimeProvider.GetUtcNow(), coordinate) is not { } peer)
            return new(VerificationOutcome.StaleRecord);
        Proven?.Invoke(peer.Id, query.NodeId);
        if (isNew)
        {
            DiscoveryMetrics.PeersDiscovered.Add(1, new KeyValuePair<string, object?>("layer", sighting.Source));
            ServiceLog.Verified(logger, peer.Id, sighting.EndPoint, sighting.Source);
        }
        return new(VerificationOutcome.Verified, peer);
    }

    private void Report(PeerSighting sighting, VerificationOutcome outcome)
    {
        string name = outcome.ToString();
        DiscoveryMetrics.CountSighting(sighting.Source, name);
        switch (outcome)
        {
            case VerificationOutcome.Verified:
                return;
            case VerificationOutcome.NoAnswer or VerificationOutcome.NotAMember or VerificationOutcome.Self:
                ServiceLog.Unused(logger, sighting.EndPoint, sighting.Source, name);
                break;
            default:
                ServiceLog.Refused(logger, sighting.EndPoint, sighting.Source, name);
                break;
        }
        Activity.Current?.AddEvent(new("sighting unused", tags: new() { ["endpoint"] = sighting.EndPoint.ToString(), ["layer"] = sighting.Source, ["outcome"] = name }));
    }
}
