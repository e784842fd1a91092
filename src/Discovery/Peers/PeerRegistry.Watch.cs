namespace Discovery.Peers;

/// <content>Telling what changes.</content>
internal sealed partial class PeerRegistry
{
    /// <summary>Watches the peers from now on, until the watch is disposed of.</summary>
    /// <param name="wake">Called when there is something to read. It runs under a lock: it must neither wait nor run the reader.</param>
    public PeerWatch Watch(Action wake)
    {
        // Each peer of the registry, and each that went while the reader was away.
        PeerWatch watch = new(2 * _maxPeers, wake, Unwatch);
        lock (_lock)
            _watches = _watches.Add(watch);
        return watch;
    }

    private void Unwatch(PeerWatch watch)
    {
        lock (_lock)
            _watches = _watches.Remove(watch);
    }

    private void Tell(PeerInfo? before, PeerInfo? after, PeerLossReason reason)
    {
        foreach (PeerWatch watch in _watches)
            watch.Push(before, after, reason);
    }
}
