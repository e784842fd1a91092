using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>The name of this host, and its addresses on each link.</summary>
internal sealed class PublishedHost(string label, bool isUnique) : Published(label, isUnique)
{
    private DnsName _name = DnsSdNames.Local.Prepend(label);

    public override DnsName Name => _name;

    public override IEnumerable<OwnRecord> Records(MdnsLink link)
    {
        List<DnsType> types = [];
        foreach (LinkAddress address in link.Addresses)
        {
            if (!address.IsPublished)
                continue;
            DnsRecord record = DnsRecord.Address(_name, address.Address);
            if (!types.Contains(record.Type))
                types.Add(record.Type);
            yield return new(record, MdnsTiming.HostTtl, isUnique: true);
        }
        yield return new(DnsRecord.Types(_name, [.. types]), MdnsTiming.HostTtl, isUnique: true);
    }

    protected override string Suffix(int number) => $"-{number}";

    protected override void Renamed() => _name = DnsSdNames.Local.Prepend(Label);
}
