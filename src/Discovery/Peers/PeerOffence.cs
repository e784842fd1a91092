namespace Discovery.Peers;

/// <summary>How a peer broke the protocol. What each weighs is in <see cref="PeerBans"/>.</summary>
internal enum PeerOffence
{
    /// <summary>It showed a signature or proof that is not its own.</summary>
    BadSignature,

    /// <summary>It said what is not so: peers none of which is there, a record it must know to be old.</summary>
    Lie,

    /// <summary>It sent more than is allowed. Weighs little, for anybody can put its address on a datagram.</summary>
    Flood,
}
