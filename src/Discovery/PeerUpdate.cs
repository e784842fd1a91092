namespace Discovery;

/// <summary>What an application has learnt of a peer by using it. What is null stays as it was.</summary>
public sealed record PeerUpdate
{
    /// <summary>How the application stands to the peer now.</summary>
    public PeerConnectionState? ConnectionState { get; init; }

    /// <summary>Whether the peer did what it was asked for: counts for its reliability as one exchange. Failures alone never remove a peer that proves its key.</summary>
    public bool? IsSuccess { get; init; }

    /// <summary>A round-trip time, measured once: not that of a request that was repeated, of which nobody knows what was answered (RFC 6298, section 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan? Rtt
    {
        get;
        init
        {
            if (value < TimeSpan.Zero)
                throw new ArgumentOutOfRangeException(nameof(Rtt), value, "Not negative.");
            field = value;
        }
    }

    /// <summary>What the peer really carried. Ranks before what it claims.</summary>
    public PeerCapacity? Capacity { get; init; }
}
