using Discovery.Encoding.Dns;

namespace Discovery.Tests.Mdns;

/// <summary>Messages of strangers.</summary>
internal static class Messages
{
    public static PeerEndPoint Stranger { get; } = PeerEndPoint.Parse("10.0.0.200:5353");

    public static byte[] Response(params DnsRecord[] records) => Response(120, records);

    public static byte[] Response(uint ttl, params DnsRecord[] records)
    {
        DnsWriter writer = new(new byte[9000], 0, DnsHeader.Response | DnsHeader.Authoritative, isMulticast: true);
        foreach (DnsRecord record in records)
            Assert.That(writer.TryWrite(DnsSection.Answer, record, ttl, record.Type != DnsType.Ptr));
        return writer.Written.ToArray();
    }

    public static byte[] Query(string name, DnsType type = DnsType.Ptr, bool unicast = false, ushort id = 0, bool truncated = false, uint knownTtl = 4500, params DnsRecord[] known)
    {
        DnsWriter writer = new(new byte[9000], id, 0, isMulticast: true);
        Assert.That(writer.TryWriteQuestion(DnsName.Parse(name), type, unicast));
        return WithKnown(writer, truncated, knownTtl, known);
    }

    public static byte[] MoreKnown(bool truncated, params DnsRecord[] known) => WithKnown(new(new byte[9000], 0, 0, isMulticast: true), truncated, 4500, known);

    private static byte[] WithKnown(DnsWriter writer, bool truncated, uint ttl, DnsRecord[] known)
    {
        foreach (DnsRecord record in known)
            Assert.That(writer.TryWrite(DnsSection.Answer, record, ttl));
        if (truncated)
            writer.SetTruncated();
        return writer.Written.ToArray();
    }
}
