namespace Discovery.Mdns;

/// <summary>One address family on one interface: to mDNS a network of its own (RFC 6762 20).</summary>
internal sealed class MdnsLink
{
    private readonly EchoFilter _echo = new();

    public MdnsLink(MdnsNode node, int id, bool isIPv4, int interfaceIndex, LinkAddress[] addresses, MdnsOptions options, Random random)
    {
        Node = node;
        Id = id;
        IsIPv4 = isIPv4;
        InterfaceIndex = interfaceIndex;
        Addresses = addresses;
        Responder = new(this, options, random);
        Querier = new(this, options, random);
    }

    public MdnsNode Node { get; }

    /// <summary>What the caller calls it.</summary>
    public int Id { get; }

    public bool IsIPv4 { get; }

    /// <summary>The interface: what link-local IPv6 addresses heard here need to be reached.</summary>
    public int InterfaceIndex { get; }

    /// <summary>Our addresses on the interface, of both families.</summary>
    public LinkAddress[] Addresses { get; set; }

    /// <summary>Whether it leads to this host alone.</summary>
    public bool IsLoopback => Array.Exists(Addresses, static address => address.Address.IsLoopback);

    /// <summary>Since when no datagram to the group could be sent; null when the last one could.</summary>
    public TimeSpan? MuteSince { get; set; }

    /// <summary>Whether the last datagram to the group could not be sent.</summary>
    public bool IsMute => MuteSince is not null;

    public Responder Responder { get; }

    public Querier Querier { get; }

    public TimeSpan NextTimeout
    {
        get
        {
            TimeSpan responder = Responder.NextTimeout, querier = Querier.NextTimeout;
            return responder < querier ? responder : querier;
        }
    }

    /// <summary>RFC 6762 11: what was multicast can only come from the link; what was not must show it by its address.</summary>
    public bool IsOnLink(PeerEndPoint source)
    {
        bool isLinkLocal = source.IsIPv4 ? source.IPv4Bits >> 16 == 0xA9FE : source.HighBits >> 54 == 0xFE80 >> 6;
        if (isLinkLocal)
            return true;
        foreach (LinkAddress address in Addresses)
            if (address.Covers(source))
                return true;
        return false;
    }

    /// <summary>Whether a datagram is our own, come back.</summary>
    public bool IsEcho(ReadOnlySpan<byte> datagram, PeerEndPoint source, TimeSpan now)
    {
        if (source.Port != MdnsNode.Port)
            return false;
        foreach (LinkAddress address in Addresses)
            if (address.Address.HighBits == source.HighBits && address.Address.LowBits == source.LowBits)
                return _echo.IsEcho(datagram, now);
        return false;
    }

    public int PollTransmit(Span<byte> buffer, TimeSpan now, out PeerEndPoint destination)
    {
        int length = Responder.PollTransmit(buffer, now, out PeerEndPoint? asker);
        if (length == 0)
            length = Querier.PollTransmit(buffer, now);
        destination = asker ?? (IsIPv4 ? MdnsNode.GroupIPv4 : MdnsNode.GroupIPv6);
        if (length > 0 && asker is null)
            _echo.NoteSent(buffer[..length], now);
        return length;
    }
}
