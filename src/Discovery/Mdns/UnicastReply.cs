using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>An answer to one asker.</summary>
internal sealed class UnicastReply(PeerEndPoint to, TimeSpan due)
{
    public PeerEndPoint To { get; } = to;

    public TimeSpan Due { get; set; } = due;

    public List<OwnRecord> Answers { get; } = [];

    /// <summary>RFC 6762 6.7: what a resolver that knows nothing of mDNS expects to see again; null for a responder.</summary>
    public List<(DnsName Name, DnsType Type)>? LegacyQuestions { get; init; }

    public ushort Id { get; init; }
}
