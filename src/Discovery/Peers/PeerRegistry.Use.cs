namespace Discovery.Peers;

/// <content>What an application says.</content>
internal sealed partial class PeerRegistry
{
    public bool Add(PeerInfo peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        if (peer.Record is not { } record || !record.Verify())
            return false;
        lock (_lock)
            return Remember(record, null, _now);
    }

    public bool Update(PeerId id, PeerUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        lock (_lock)
        {
            if (_snapshot.Find(id) is not { } before)
                return false;
            PeerQuality quality = before.Quality;
            if (update.IsSuccess is { } isSuccess)
                quality = quality.Used(isSuccess, _now);
            if (update.Rtt is { } rtt)
                quality = quality.Measured(rtt);
            if (update.Capacity is { } capacity)
                quality = quality.Carried(capacity);
            PeerEntry after = before with { Info = before.Info with { ConnectionState = update.ConnectionState ?? before.Info.ConnectionState } };
            Replace(before, Rate(after, quality, _now));
            return true;
        }
    }

    public bool Remove(PeerId id)
    {
        lock (_lock)
        {
            bool wasRemembered = _memory.Take(id) is not null;
            if (_snapshot.Find(id) is not { } before)
                return wasRemembered;
            Replace(before, null, PeerLossReason.Removed);
            return true;
        }
    }
}
