namespace Discovery;

/// <summary>Why a peer is no longer known, or no longer seen by a watch.</summary>
public enum PeerLossReason
{
    /// <summary>It did not answer several times in a row.</summary>
    Dead,

    /// <summary>Its record's time is over.</summary>
    RecordExpired,

    /// <summary>It has not been verified for too long.</summary>
    Stale,

    /// <summary>Better ones took its place.</summary>
    Evicted,

    /// <summary>It broke the protocol too often, and is not listened to for a time.</summary>
    Banned,

    /// <summary>The application removed it.</summary>
    Removed,

    /// <summary>It is known, and no longer matches the filter of the watch.</summary>
    FilteredOut,
}
