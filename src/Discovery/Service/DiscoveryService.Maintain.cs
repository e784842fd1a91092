using Discovery.Layers;
using Discovery.Limits;
using Discovery.Peers;
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

    /// <summary>The first pause before peers are looked for; each one is twice as long, up to <see cref="DiscoveryTiming.DiscoverInterval"/>.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>When nobody has answered for longer than this, this machine was cut off.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    /// <summary>Those who introduced themselves and are proven at a time. Fewer than searches may have, which strangers must not be able to stop.</summary>
    private const int MaxIntroductions = 4;

    private async Task MaintainAsync(DhtNode node)
    {
        using PeriodicTimer timer = new(Tick, _options.TimeProvider);
        Chore cleanUp = new(_options.Timing.CleanUpInterval, Random.Shared, Uptime), rescore = new(_options.Timing.RescoreInterval, Random.Shared, Uptime), save = new(_options.Timing.SaveInterval, Random.Shared, Uptime);
        List<PeerEndPoint>? bound = null;
        TimeSpan heard = Uptime;
        int known = 0;
        Task contacts = Task.CompletedTask;
        do
        {
            _rates.Note(node.Messages, Uptime);
            Try("address watch", Look);
            Try("renewal of the record", () => _member.Renew(OwnEndPoints.Find(node, _options, _parts.IsPublic)));
            if (known > 0 && _registry.Count == 0)
                _lookAgain.Set();
            known = _registry.Count;
            DateTimeOffset now = _options.TimeProvider.GetUtcNow();
            if (cleanUp.TakeDue(Uptime))
                foreach (PeerRemoval removal in _registry.CleanUp(now, _options.Timing.StaleAfter))
                    ServiceLog.Forgotten(_logger, removal.Peer.Id, removal.Reason);
            if (rescore.TakeDue(Uptime))
                _registry.Rescore(now);
            if (contacts.IsCompleted)
                contacts = ContactAsync();
            if (save.TakeDue(Uptime))
                await SaveAsync(node, _lifetime).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(_lifetime).ConfigureAwait(false));

        void Look()
        {
            List<PeerEndPoint> now = [.. OwnEndPoints.Bound(node)];
            bool hasMoved = bound is not null && !now.SequenceEqual(bound), isHeard = node.HasHeard(Tick);
            if (hasMoved)
                node.NetworkChanged();
            if (hasMoved || isHeard && Uptime - heard > Silence)
                MeetAgain();
            (bound, heard) = (now, isHeard ? Uptime : heard);
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

    /// <summary>Another network, or this one again: those who were lost may be there, and others.</summary>
    private void MeetAgain()
    {
        ServiceLog.NetworkChanged(_logger);
        _registry.HastenContacts(_options.TimeProvider.GetUtcNow());
        _lookAgain.Set();
    }

    private async Task SaveAsync(DhtNode node, CancellationToken cancellationToken)
    {
        _state.Write(node);
        if (_keeper is not null)
            await _keeper.SaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Peers of an earlier run, and those that were lost, prove themselves anew.</summary>
    private async Task ContactAsync()
    {
        // Half of the proofs that may run at a time are left to searches.
        int count = Math.Max(1, _options.Limits.MaxConcurrentIdentifications / 2);
        while (_registry.Contacts(count, _options.TimeProvider.GetUtcNow()) is { Count: > 0 } due && !_lifetime.IsCancellationRequested)
            await Task.WhenAll(due.Select(ContactAsync)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>At any of its end points: it may have been proven at another one than the record's first.</summary>
    private async Task ContactAsync(PeerInfo peer)
    {
        foreach (PeerEndPoint endPoint in peer.EndPoints)
            if ((await _verifier.VerifyAsync(new(endPoint, peer.Sources.FirstOrDefault(PeerSearch.Registry)) { Id = peer.Id }, _lifetime).ConfigureAwait(false)).Peer is not null)
                return;
    }

    /// <summary>Looks for peers from time to time. Whatever a search comes to is in the registry, so that nothing is to be done with what it yields.</summary>
    private async Task LookAroundAsync()
    {
        TimeSpan interval = _options.Timing.DiscoverInterval, first = FirstPause < interval ? FirstPause : interval, pause = first;
        if (interval == TimeSpan.MaxValue)
            return;
        while (true)
        {
            Task again = _lookAgain.Next;
            await _lookAgain.WaitAsync(again, Chore.Jitter(pause, Random.Shared), _lifetime).ConfigureAwait(false);
            if (again.IsCompleted)
                pause = first;
            // As long as no layer can be of use there is nobody to ask.
            if (!_layers.Any(static part => part.IsStarted && part.Layer is not IReadyLayer { IsReady: false }))
                continue;
            try
            {
                await foreach (PeerInfo peer in FindAsync(CreateQuery(int.MaxValue, null), _lifetime).ConfigureAwait(false))
                    _ = peer;
            }
            catch (Exception exception) when (!_lifetime.IsCancellationRequested)
            {
                ServiceLog.TaskFailed(_logger, "A search of the service's own", exception);
            }
            pause = pause * 2 < interval ? pause * 2 : interval;
        }
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
