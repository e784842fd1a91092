namespace Discovery;

/// <summary>What happened to a peer.</summary>
public enum PeerEventKind
{
    /// <summary>The peer was verified and was not known before, or matches the filter of the watch for the first time.</summary>
    Discovered,

    /// <summary>What is known of the peer changed: its record, its end points or its quality.</summary>
    Updated,

    /// <summary>The peer stopped answering, its record expired, better ones took its place, or it no longer matches the filter of the watch.</summary>
    Lost,
}

/// <summary>Something happened to a peer.</summary>
/// <param name="Kind">What.</param>
/// <param name="Peer">The peer after it; for <see cref="PeerEventKind.Lost"/> as it was last known.</param>
public sealed record PeerEvent(PeerEventKind Kind, PeerInfo Peer);
