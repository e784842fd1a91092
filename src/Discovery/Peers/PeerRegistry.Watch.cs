namespace Discovery.Peers;

/// <content>Telling what changes.</content>
internal sealed partial class PeerRegistry
{
    /// <summary>Watches the peers from now on, until the watch is disposed of, or nobody has it any more.</summary>
    /// <param name="wake">Called when there is something to read. It runs under a lock: it must neither wait nor run the reader.</param>
    public PeerWatch Watch(Action wake)
    {
        // Each peer of the registry, and each that went while the reader was away.
        PeerWatch watch = new(2 * _maxPeers, wake, Unwatch);
        lock (_lock)
            _watches = [.. _watches.Where(static other => other.TryGetTarget(out _)), new(watch)];
        return watch;
    }

    /// <summary>How many watches are told what changes.</summary>
    internal int WatchCount => _watches.Count(static watch => watch.TryGetTarget(out _));

    private void Unwatch(PeerWatch watch)
    {
        lock (_lock)
            _watches = _watches.RemoveAll(other => !other.TryGetTarget(out PeerWatch? known) || known == watch);
    }

    private void Tell(PeerInfo? before, PeerInfo? after, PeerLossReason reason)
    {
        foreach (WeakReference<PeerWatch> reference in _watches)
            if (reference.TryGetTarget(out PeerWatch? watch))
                watch.Push(before, after, reason);
    }
}
