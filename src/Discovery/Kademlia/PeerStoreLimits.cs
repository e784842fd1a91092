namespace Discovery.Kademlia;

/// <summary>How many announced peers (BEP 5) a node keeps for others, and for how long.</summary>
/// <remarks>When a bound is reached the source that holds the most makes room, with its oldest entry. A source is an IPv4 address, an IPv6 /64, or a single end point on loopback.</remarks>
public sealed record PeerStoreLimits
{
    /// <summary>Info-hashes kept at a time. At least 1; about 300 bytes each, allocated as needed.</summary>
    /// <value>Default 2000.</value>
    public int MaxInfoHashes { get; init; } = 2000;

    /// <summary>Peers kept for one info-hash. At least 1.</summary>
    /// <value>Default 500: more than any reply can carry, so that replies stay random samples.</value>
    public int MaxPeersPerInfoHash { get; init; } = 500;

    /// <summary>Peers of one source kept for one info-hash, told apart by their ports. At least 1.</summary>
    /// <value>Default 8: several peers behind one NAT.</value>
    public int MaxPeersPerInfoHashAndSource { get; init; } = 8;

    /// <summary>Announcements kept over all. At least 1; about 130 bytes each, 250 when every source brings only one, allocated as needed.</summary>
    /// <value>Default 20 000.</value>
    public int MaxPeers { get; init; } = 20_000;

    /// <summary>Announcements of one source kept over all. At least 1.</summary>
    /// <value>Default 256.</value>
    public int MaxPeersPerSource { get; init; } = 256;

    /// <summary>How long an announcement holds unless it is repeated. Longer than zero.</summary>
    /// <value>Default 30 minutes: peers repeat theirs every 15.</value>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(30);
}
