namespace Discovery.Peers;

/// <summary>How a peer broke the protocol. What each weighs is in <see cref="PeerBans"/>.</summary>
internal enum PeerOffence
{
    /// <summary>It showed a signature or proof that is not its own.</summary>
    BadSignature,

    /// <summary>It said what is provably not so: peers that are not there, a record it must know to be old.</summary>
    Lie,

    /// <summary>It sent more than is allowed.</summary>
    Flood,
}
