namespace Discovery.Peers;

/// <summary>Turns what the registry keeps of a peer into what a store keeps, and back.</summary>
internal static class StoredQuality
{
    public static StoredPeer Export(PeerEntry entry)
    {
        byte[] coordinate = [];
        if (entry.Coordinate is { } known)
            known.TryFormat(coordinate = new byte[NetworkCoordinate.Size]);
        PeerQuality quality = entry.Quality;
        return new(entry.Info)
        {
            Successes = quality.Successes,
            Failures = quality.Failures,
            MeasuredAt = quality.At,
            LastSuccess = quality.LastSuccess,
            ConsecutiveFailures = quality.ConsecutiveFailures,
            Coordinate = coordinate,
        };
    }

    /// <summary>Gives a peer that has only just begun the history that was stored. No time in it is later than now: the clock may have been wrong then.</summary>
    public static PeerEntry Restore(StoredPeer stored, PeerEntry entry, DateTimeOffset now) => entry with
    {
        Info = entry.Info with
        {
            EndPoints = stored.Peer.EndPoints,
            Sources = stored.Peer.Sources,
            FirstSeen = Earlier(stored.Peer.FirstSeen, now),
            LastSeen = Earlier(stored.Peer.LastSeen, now),
        },
        Coordinate = NetworkCoordinate.TryParse(stored.Coordinate.Span, out NetworkCoordinate coordinate) ? coordinate : null,
        Quality = new()
        {
            Successes = stored.Successes,
            Failures = stored.Failures,
            At = Earlier(stored.MeasuredAt, now),
            LastSuccess = stored.LastSuccess is { } success ? Earlier(success, now) : null,
            Rtt = stored.Peer.Rtt,
            RttVariance = stored.Peer.RttVariance,
            MinRtt = stored.Peer.MinRtt,
            ConsecutiveFailures = stored.ConsecutiveFailures,
            Capacity = stored.Peer.ObservedCapacity,
        },
    };

    private static DateTimeOffset Earlier(DateTimeOffset time, DateTimeOffset now) => time < now ? time : now;
}
