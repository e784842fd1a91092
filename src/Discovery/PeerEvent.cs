namespace Discovery;

/// <summary>What happened to a peer.</summary>
public enum PeerEventKind
{
    /// <summary>The peer was verified and was not known before, or matches the filter of the watch for the first time.</summary>
    Discovered,

    /// <summary>What is known of the peer changed: its record, its end points or its quality.</summary>
    Updated,

    /// <summary>The peer is no longer known, or no longer matches the filter of the watch: <see cref="PeerEvent.Reason"/> says which.</summary>
    Lost,
}

/// <summary>Something happened to a peer.</summary>
/// <param name="Kind">What.</param>
/// <param name="Peer">The peer after it; for <see cref="PeerEventKind.Lost"/> as it was last known.</param>
public sealed record PeerEvent(PeerEventKind Kind, PeerInfo Peer)
{
    /// <summary>Why the peer was lost; null for the other kinds.</summary>
    public PeerLossReason? Reason { get; init; }
}
