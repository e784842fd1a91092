using Discovery.Peers;
using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>The known peers between two runs. A store that cannot be read or written costs the restart some time, and never the start.</summary>
internal sealed class PeerKeeper(IPeerStore store, PeerRegistry registry, DiscoveryOptions options, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private bool _hasSaved;

    /// <summary>How the store is doing.</summary>
    public PartMonitor Monitor { get; } = new(store.Name, DiscoveryPartKind.Store, options.TimeProvider);

    /// <summary>The store that the options ask for; null for none.</summary>
    public static IPeerStore? Choose(DiscoveryOptions options) => options.PeerStore ?? (options.StatePath is { } path ? FilePeerStore.Beside(path) : null);

    /// <summary>Reads, for at most <see cref="DiscoveryTiming.JoinTimeout"/>, the peers of the last run, which are to prove themselves (<see cref="PeerRegistry.Contacts"/>).</summary>
    /// <returns>How many are of use.</returns>
    public async Task<int> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            PeerStoreContent content = await store.LoadAsync(cancellationToken).AsTask().WaitAsync(options.Timing.JoinTimeout, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            Monitor.Succeeded();
            if (content.Problem is { } problem)
            {
                Monitor.Failed(new DiscoveryException(problem));
                ServiceLog.StoreDamaged(logger, store.Name, content.Peers.Count, content.Lost, problem);
            }
            return registry.Restore(content.Peers, options.TimeProvider.GetUtcNow());
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failed("read", exception);
            return 0;
        }
    }

    /// <summary>Saves the known peers, and those that are looked for.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyList<StoredPeer> peers = registry.Export();
            // Who knows nobody yet knows less than the earlier run did.
            if (peers.Count == 0 && !_hasSaved)
                return;
            await store.SaveAsync(peers, cancellationToken).ConfigureAwait(false);
            _hasSaved = true;
            Monitor.Succeeded();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failed("written", exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private void Failed(string verb, Exception exception)
    {
        Monitor.Failed(exception);
        ServiceLog.StoreFailed(logger, store.Name, verb, exception);
    }
}
