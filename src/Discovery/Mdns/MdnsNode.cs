using Discovery.Diagnostics;
using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>A DNS-SD responder and browser over mDNS (RFC 6762, 6763), without socket, clock or chance of its own.</summary>
/// <remarks>
/// Not safe for use by two threads at once. After every call the caller sends what <see cref="PollTransmit"/> gives, takes the events of its searches, and calls
/// <see cref="HandleTimeout"/> at <see cref="NextTimeout"/>. Time never runs backwards. What the host itself publishes does not come up in its own searches.
/// </remarks>
internal sealed partial class MdnsNode
{
    public const ushort Port = 5353;

    /// <summary>The largest datagram that is taken (RFC 6762 17).</summary>
    public const int MaxReceived = 9000;

    public static readonly PeerEndPoint GroupIPv4 = new(0xE00000FB, Port);

    /// <summary>ff02::fb.</summary>
    public static readonly PeerEndPoint GroupIPv6 = new(0xFF02_0000_0000_0000, 0xFB, Port);

    private readonly MdnsOptions _options;
    private readonly Random _random;
    private readonly List<MdnsLink> _links = [];
    private readonly List<PublishedService> _services = [];
    private readonly PublishedHost _host;

    /// <summary>Creates a node that takes part in nothing yet.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="random">The source of chance.</param>
    public MdnsNode(MdnsOptions options, Random random)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.HostLabel);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDatagram, 1440);
        _options = options;
        _random = random;
        _host = new(options.HostLabel, options.IsHostLabelUnique);
        Browser = new(_links);
    }

    /// <summary>The name of this host as it is now, such as <c>node-a.local.</c></summary>
    public string HostName => _host.Name.ToString();

    /// <summary>Whether another program on this host listens on the port too. Datagrams to this host alone may then come to that one, so none are asked for (RFC 6762 15.1).</summary>
    public bool IsPortShared { get; set; }

    internal Browser Browser { get; }

    /// <summary>When <see cref="HandleTimeout"/> has something to do, or <see cref="PollTransmit"/> something to give.</summary>
    public TimeSpan NextTimeout
    {
        get
        {
            TimeSpan next = TimeSpan.MaxValue;
            foreach (MdnsLink link in _links)
                next = link.NextTimeout < next ? link.NextTimeout : next;
            return next;
        }
    }

    /// <summary>Takes a datagram.</summary>
    /// <param name="datagram">Its bytes, whatever they are.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="link">The link it came in on.</param>
    /// <param name="viaMulticast">Whether it was sent to the group.</param>
    /// <param name="now">The time.</param>
    public void Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, int link, bool viaMulticast, TimeSpan now)
    {
        if (Find(link) is not { } on || source.IsIPv4 != on.IsIPv4 || (!viaMulticast && !on.IsOnLink(source)) || !source.IsUnicast)
        {
            Drop("mdns_source");
            return;
        }
        // RFC 6762 18.3 and 18.11: such messages are ignored without a word.
        if (datagram.Length > MaxReceived || !DnsHeader.TryParse(datagram, out DnsHeader header) || header.Opcode != 0 || header.ResponseCode != 0)
        {
            Drop("mdns_malformed");
            return;
        }
        if (viaMulticast && on.IsEcho(datagram, source, now))
            return;
        if (!header.IsResponse)
        {
            on.Responder.HandleQuery(datagram, source, viaMulticast, now);
            if (viaMulticast && source.Port == Port)
                on.Querier.HandleQuery(datagram, source, now);
            return;
        }
        // 6 and 11: a response comes from the port of mDNS, and by unicast only to those who have asked for it.
        if (source.Port != Port || (!viaMulticast && !on.Querier.AwaitsUnicast(now) && !on.Responder.IsClaiming))
        {
            Drop("mdns_unasked");
            return;
        }
        HandleResponse(on, datagram, source, viaMulticast, now);
    }

    /// <summary>Gives the next datagram to send.</summary>
    /// <param name="datagram">Where it is written: at least <see cref="MdnsOptions.MaxDatagram"/> bytes.</param>
    /// <param name="now">The time.</param>
    /// <param name="destination">Where it goes: the group, or one asker.</param>
    /// <param name="link">The link to send it on.</param>
    /// <returns>Its length; 0 when there is nothing to send now.</returns>
    public int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint destination, out int link)
    {
        foreach (MdnsLink candidate in _links)
        {
            int length = candidate.PollTransmit(datagram, now, out destination);
            if (length == 0)
                continue;
            link = candidate.Id;
            return length;
        }
        destination = default;
        link = 0;
        return 0;
    }

    /// <summary>Takes what has become of a datagram to the group. What could not be sent is not said: it is begun anew after a while.</summary>
    /// <param name="link">The link it was for.</param>
    /// <param name="isSent">Whether the network has taken it.</param>
    /// <param name="now">The time.</param>
    public void NoteSent(int link, bool isSent, TimeSpan now)
    {
        if (Find(link) is not { } on)
            return;
        on.MuteSince = isSent ? null : on.MuteSince ?? now;
        if (on.MuteSince is not { } since)
            return;
        TimeSpan retry = now + (now - since < MdnsTiming.SendRetry ? MdnsTiming.FirstSendRetry : MdnsTiming.SendRetry);
        on.Responder.Retry(retry);
        on.Querier.Retry(retry);
    }

    /// <summary>Does what is due.</summary>
    public void HandleTimeout(TimeSpan now)
    {
        foreach (MdnsLink link in _links)
        {
            link.Responder.HandleTimeout(now);
            Browser.HandleTimeout(link, now);
        }
    }

    /// <summary>Whether we hold that very record on any link: two links may lead to one network, and then we hear ourselves (RFC 6762 14).</summary>
    internal bool IsOwn(in DnsRecordView record)
    {
        foreach (MdnsLink link in _links)
            if (link.Responder.Has(record))
                return true;
        return false;
    }

    private void HandleResponse(MdnsLink link, ReadOnlySpan<byte> datagram, in PeerEndPoint source, bool viaMulticast, TimeSpan now)
    {
        DnsReader.TryCreate(datagram, out DnsReader reader);
        List<Published>? lost = null;
        while (reader.TryReadRecord(out DnsRecordView record))
            if (record.Section != DnsSection.Authority && link.Responder.HandleRecord(record, viaMulticast, now) is { } published && lost?.Contains(published) != true)
                (lost ??= []).Add(published);
        if (lost is not null)
            foreach (Published published in lost)
                Rename(published, now);
        Browser.HandleResponse(link, datagram, source, now);
    }

    private MdnsLink? Find(int id)
    {
        foreach (MdnsLink link in _links)
            if (link.Id == id)
                return link;
        return null;
    }

    private static void Drop(string reason) => DiscoveryMetrics.CountDropped(reason);
}
