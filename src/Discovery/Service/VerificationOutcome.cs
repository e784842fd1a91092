namespace Discovery.Service;

/// <summary>What became of a sighting.</summary>
internal enum VerificationOutcome
{
    /// <summary>The peer has proven its key, at this end point.</summary>
    Verified,

    /// <summary>No datagram can go there, or none may: private addresses on the public network.</summary>
    Unreachable,

    /// <summary>Nobody answered in time.</summary>
    NoAnswer,

    /// <summary>A node that is not a member of this network, or does not want to be known.</summary>
    NotAMember,

    /// <summary>It is this peer itself.</summary>
    Self,

    /// <summary>The proof or the signature was false, as when the record of another peer is shown.</summary>
    Forged,

    /// <summary>The record is malformed, expired or of another network.</summary>
    BadRecord,

    /// <summary>The record is older than one that is known.</summary>
    StaleRecord,

    /// <summary>The record does not name the end point that was asked.</summary>
    NotAtEndPoint,

    /// <summary>Another peer than the sighting said.</summary>
    AnotherPeer,
}
