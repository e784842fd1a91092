using Discovery.Limits;
using Discovery.Service;
using Discovery.Transports;

namespace Discovery;

/// <content>What goes on in the background.</content>
public sealed partial class DiscoveryService
{
    /// <summary>How often it is looked whether anything is due.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    /// <summary>The first wait after a publication that nobody took.</summary>
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    /// <summary>Known peers that are proven anew at a time.</summary>
    private const int MaxRenewals = 8;

    /// <summary>Those who introduced themselves and are proven at a time. Fewer than searches may have, which strangers must not be able to stop.</summary>
    private const int MaxIntroductions = 4;

    private async Task MaintainAsync(DhtNode node)
    {
        using PeriodicTimer timer = new(Tick, _options.TimeProvider);
        long saved = _options.TimeProvider.GetTimestamp();
        Task renewals = Task.CompletedTask;
        List<PeerEndPoint>? bound = null;
        Try("address watch", Look);
        while (await timer.WaitForNextTickAsync(_lifetime).ConfigureAwait(false))
        {
            Try("address watch", Look);
            Try("renewal of the record", () => _member.Renew(OwnEndPoints.Find(node, _options, _parts.IsPublic)));
            _registry.Expire(_options.TimeProvider.GetUtcNow());
            if (renewals.IsCompleted)
                renewals = RenewProofsAsync();
            if (_options.TimeProvider.GetElapsedTime(saved) < _options.Timing.SaveInterval)
                continue;
            saved = _options.TimeProvider.GetTimestamp();
            _state.Write(node);
        }

        void Look()
        {
            List<PeerEndPoint> now = [.. OwnEndPoints.Bound(node)];
            if (bound is not null && !now.SequenceEqual(bound))
                node.NetworkChanged();
            bound = now;
        }
    }

    /// <summary>Does one thing of many: the system may fail to tell its addresses, the application may have disposed of its key. It is tried again at the next tick, and the rest goes on.</summary>
    private void Try(string name, Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception)
        {
            ServiceLog.StepFailed(_logger, name, exception);
        }
    }

    /// <summary>Peers not heard of for long prove themselves anew, before their record expires. Those who no longer can are lost.</summary>
    private async Task RenewProofsAsync()
    {
        DateTimeOffset before = _options.TimeProvider.GetUtcNow() - _options.Timing.AnnounceInterval;
        IEnumerable<PeerInfo> due = _registry.List().Where(peer => peer.LastSeen < before).OrderBy(static peer => peer.LastSeen).Take(MaxRenewals);
        Task renewals = Task.WhenAll(due.Select(peer => _verifier.VerifyAsync(new(peer.EndPoints[0], peer.Sources[0]) { Id = peer.Id }, _lifetime)));
        await renewals.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A few at a time: an introduction costs a stranger little, and nobody who never answers may hold up the others.</summary>
    private Task VerifyIntroducedAsync() => Parallel.ForEachAsync(_member.Sightings.ReadAllAsync(_lifetime),
        new ParallelOptions { MaxDegreeOfParallelism = MaxIntroductions, CancellationToken = _lifetime }, async (sighting, cancellationToken) =>
        {
            try
            {
                await _verifier.VerifyAsync(sighting, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                ServiceLog.StepFailed(_logger, "proof of an introduction", exception);
            }
        });

    private async Task PublishAsync(LayerPart part)
    {
        TimeSpan interval = _options.Timing.AnnounceInterval;
        Backoff backoff = new(FirstRetry < interval ? FirstRetry : interval, interval);
        while (true)
        {
            Task changed = _member.Changed;
            TimeSpan wait = interval;
            if (_member.Record is { } record)
            {
                LayerAnnouncement announcement = await PublishAsync(part, record, _lifetime).ConfigureAwait(false);
                if (!announcement.IsSupported)
                    return;
                if (announcement.Acknowledged > 0)
                {
                    backoff.Reset();
                    wait = interval * (0.9 + 0.2 * Random.Shared.NextDouble());
                }
                else
                    wait = backoff.Next(Random.Shared);
            }
            await changed.WaitAsync(wait, _options.TimeProvider, _lifetime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _lifetime.ThrowIfCancellationRequested();
        }
    }

    private async Task<LayerAnnouncement> PublishAsync(LayerPart part, SignedItem record, CancellationToken cancellationToken)
    {
        try
        {
            LayerAnnouncement announcement = await part.Layer.AnnounceAsync(record, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (announcement.Error is { } error)
                part.Monitor.Failed(error);
            else if (announcement.IsSupported)
                part.Monitor.Succeeded();
            return announcement;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            part.Monitor.Failed(exception);
            ServiceLog.LayerFailed(_logger, part.Name, "announce", exception);
            return new(0, 0, exception);
        }
    }
}
