namespace Discovery.Kademlia;

/// <summary>How many items (BEP 44) a node keeps for others, and for how long.</summary>
/// <remarks>When a bound is reached the source that holds the most makes room, with its oldest item. A source is an IPv4 address, an IPv6 /64, or a single end point on loopback.
/// An item is charged to whoever stored it first; a later renewal by somebody else does not move the charge.</remarks>
public sealed record ItemStoreLimits
{
    /// <summary>Items kept at a time. At least 1.</summary>
    /// <value>Default 4096.</value>
    public int MaxItems { get; init; } = 4096;

    /// <summary>Bytes kept at a time, counting values, keys, salts, signatures and 256 bytes of overhead for each item. At least 2048, so that any item fits.</summary>
    /// <value>Default 4 MiB, allocated as needed.</value>
    public int MaxBytes { get; init; } = 4 << 20;

    /// <summary>Items of one source. At least 1.</summary>
    /// <value>Default 256.</value>
    public int MaxItemsPerSource { get; init; } = 256;

    /// <summary>Bytes of one source, counted like <see cref="MaxBytes"/>. At least 2048.</summary>
    /// <value>Default 256 KiB.</value>
    public int MaxBytesPerSource { get; init; } = 256 << 10;

    /// <summary>How long an item is kept unless it is stored again. Longer than zero.</summary>
    /// <value>Default 2 hours, as BEP 44 asks: publishers repeat theirs every hour.</value>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(2);
}
