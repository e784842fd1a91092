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

    /// <summary>Gives a peer that has only just begun the history that was stored.</summary>
    public static PeerEntry Restore(StoredPeer stored, PeerEntry entry) => entry with
    {
        Info = entry.Info with { EndPoints = stored.Peer.EndPoints, Sources = stored.Peer.Sources, FirstSeen = stored.Peer.FirstSeen, LastSeen = stored.Peer.LastSeen },
        Coordinate = NetworkCoordinate.TryParse(stored.Coordinate.Span, out NetworkCoordinate coordinate) ? coordinate : null,
        Quality = new()
        {
            Successes = stored.Successes,
            Failures = stored.Failures,
            At = stored.MeasuredAt,
            LastSuccess = stored.LastSuccess,
            Rtt = stored.Peer.Rtt,
            RttVariance = stored.Peer.RttVariance,
            MinRtt = stored.Peer.MinRtt,
            ConsecutiveFailures = stored.ConsecutiveFailures,
            Capacity = stored.Peer.ObservedCapacity,
        },
    };
}
