namespace Discovery.Service;

/// <content>Asking layers.</content>
internal sealed partial class PeerSearch
{
    /// <summary>What one layer may sight in one search.</summary>
    private const int MaxSightings = 4096;

    private readonly LayerAsk[] _asks;

    /// <summary>A layer that is asked in this search, or may be.</summary>
    private sealed class LayerAsk(LayerPart part)
    {
        public LayerPart Part => part;

        public bool IsAsked { get; set; }

        public bool IsLooking { get; set; }

        /// <summary>Whether it has sighted anybody.</summary>
        public bool IsOfUse { get; set; }
    }

    /// <summary>Asks the layers, and proves the known peers, that are within reach and have not been. Under the lock.</summary>
    private void StartUpTo(DiscoveryScope reach)
    {
        foreach ((Lead lead, PeerSighting sighting) in _known.Where(known => known.Lead.Scope <= reach))
        {
            _progress.Asked(lead.Scope);
            _work.Add(Task.Run(() => ProveAsync(lead, sighting), CancellationToken.None));
        }
        _known.RemoveAll(known => known.Lead.Scope <= reach);
        int missing = Math.Max(1, _query.Count - _progress.Found.Count);
        foreach (LayerAsk ask in _asks)
        {
            if (ask.IsAsked || ask.Part.Scope > reach)
                continue;
            ask.IsAsked = true;
            _progress.Asked(ask.Part.Scope);
            if (ask.Part.Backoff.Refuse(ask.Part.Layer) is { } error)
            {
                _failures.Add(new(ask.Part.Name, error));
                _progress.End(ask.Part.Scope);
                // A scope less to wait for may be what the strategy was waiting for.
                Changed();
                continue;
            }
            ask.IsLooking = true;
            // On the pool, so that a layer that blocks before its first await blocks nobody else.
            _work.Add(Task.Run(() => AskAsync(ask, _query with { Count = missing }), CancellationToken.None));
        }
    }

    private async Task AskAsync(LayerAsk ask, PeerQuery query)
    {
        LayerPart part = ask.Part;
        try
        {
            int sightings = 0;
            await foreach (PeerSighting? sighting in part.Layer.FindAsync(query, _stopping).WithCancellation(_stopping).ConfigureAwait(false))
            {
                if (sighting is null)
                    throw new DiscoveryException("The layer gave null for a sighting.");
                // Now, for one that goes on watching never ends by itself.
                if (sightings == 0)
                    Succeeded(ask);
                Follow(sighting with { Source = part.Name }, part.Scope);
                if (++sightings == MaxSightings)
                    break;
            }
            Succeeded(ask);
            End(ask, null);
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            Failed(part, exception);
            End(ask, new(part.Name, exception));
        }
    }

    private void Succeeded(LayerAsk ask)
    {
        lock (_gate)
            ask.IsOfUse = true;
        ask.Part.Monitor.Succeeded();
        ask.Part.Backoff.Succeeded();
    }

    private void Failed(LayerPart part, Exception exception)
    {
        part.Monitor.Failed(exception);
        part.Backoff.Failed(part.Layer, exception);
        ServiceLog.LayerFailed(_context.Logger, part.Name, "find", exception);
    }

    /// <summary>The time is over: whoever has not ended is told of, and a layer that has sighted nobody in all that time hangs. Under the lock.</summary>
    private void BlameLooking(TimeSpan timeout)
    {
        foreach (LayerAsk ask in _asks.Where(static ask => ask.IsLooking))
        {
            TimeoutException error = new($"The layer was still looking after {timeout}.");
            _failures.Add(new(ask.Part.Name, error));
            if (!ask.IsOfUse)
                Failed(ask.Part, error);
        }
    }

    private void End(LayerAsk ask, DiscoveryFailure? failure)
    {
        lock (_gate)
        {
            ask.IsLooking = false;
            _progress.End(ask.Part.Scope);
            if (failure is not null && !_isOver)
                _failures.Add(failure);
        }
        Changed();
    }
}
