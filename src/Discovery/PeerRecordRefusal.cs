namespace Discovery;

/// <summary>Why a peer record is not taken.</summary>
internal enum PeerRecordRefusal
{
    /// <summary>It is taken.</summary>
    None,

    /// <summary>It is not a dictionary with <c>a</c>, <c>c</c>, <c>e</c> and <c>p</c>, or a known key has a value of the wrong type or out of range.</summary>
    Malformed,

    /// <summary>Its salt is not the topic of this network.</summary>
    WrongNetwork,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It wants to live for more than 24 hours.</summary>
    LifetimeTooLong,

    /// <summary>It was signed later than now, by more than <see cref="PeerRecord.ClockTolerance"/>: it would win over every record until then.</summary>
    FromTheFuture,

    /// <summary>Nothing can be sent to any of its end points.</summary>
    NoEndPoint,

    /// <summary>It has more than 8 end points.</summary>
    TooManyEndPoints,

    /// <summary>It has more than 32 capabilities.</summary>
    TooManyCapabilities,

    /// <summary>A capability is longer than 64 bytes.</summary>
    Oversize,
}
