namespace Discovery.Mdns;

/// <summary>How an mDNS node behaves.</summary>
internal sealed record MdnsOptions
{
    /// <summary>The first label of the host name, 1 to 63 bytes of UTF-8; renamed when another host has it.</summary>
    public required string HostLabel { get; init; }

    /// <summary>Whether nobody else can have that host name, because it is made of a key. Then it is announced without probing (RFC 6762 8.1).</summary>
    public bool IsHostLabelUnique { get; init; }

    /// <summary>The most records kept of others on one link; further ones are ignored. Default 8192.</summary>
    public int MaxCachedRecords { get; init; } = 8192;

    /// <summary>The most records kept that came from one address. Default 2048.</summary>
    public int MaxCachedRecordsPerSource { get; init; } = 2048;

    /// <summary>The largest datagram sent. Default 1440: what fits into one Ethernet frame over IPv6 (RFC 6762 17).</summary>
    public int MaxDatagram { get; init; } = 1440;
}
