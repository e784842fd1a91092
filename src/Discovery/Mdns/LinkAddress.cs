namespace Discovery.Mdns;

/// <summary>An address of this host on a link, and how many of its first bits all addresses on that link share.</summary>
internal readonly record struct LinkAddress(PeerEndPoint Address, int PrefixLength)
{
    /// <summary>Whether the name of this host leads to it. An address that is not published still tells what is on the link.</summary>
    public bool IsPublished { get; init; } = true;

    /// <summary>Whether an address is on the same link (RFC 6762 11).</summary>
    public bool Covers(in PeerEndPoint other)
    {
        if (other.IsIPv4 != Address.IsIPv4)
            return false;
        if (other.IsIPv4)
            return PrefixLength <= 0 || (other.IPv4Bits ^ Address.IPv4Bits) >> (32 - Math.Min(PrefixLength, 32)) == 0;
        int high = Math.Min(PrefixLength, 64), low = PrefixLength - high;
        return (high == 0 || (other.HighBits ^ Address.HighBits) >> (64 - high) == 0) && (low <= 0 || (other.LowBits ^ Address.LowBits) >> (64 - low) == 0);
    }
}
