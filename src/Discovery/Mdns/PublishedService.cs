using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>A service that this host publishes.</summary>
internal sealed class PublishedService : Published
{
    private readonly PublishedHost _host;
    private readonly DnsName _type;
    private readonly DnsName[] _subtypes;
    private readonly ushort _port;
    private DnsName _name;

    public PublishedService(ServicePublication publication, PublishedHost host) : base(publication.Instance, publication.IsInstanceUnique)
    {
        _type = publication.Validate();
        _host = host;
        _port = publication.Port;
        _subtypes = [.. publication.Subtypes.Select(subtype => DnsSdNames.OfSubtype(_type, subtype))];
        _name = _type.Prepend(publication.Instance);
        Text = publication.Text;
    }

    public ServiceText Text { get; set; }

    public override DnsName Name => _name;

    public override IEnumerable<OwnRecord> Records(MdnsLink link)
    {
        yield return new(DnsRecord.Pointer(_type, _name), MdnsTiming.OtherTtl, isUnique: false);
        foreach (DnsName subtype in _subtypes)
            yield return new(DnsRecord.Pointer(subtype, _name), MdnsTiming.OtherTtl, isUnique: false);
        yield return new(DnsRecord.Service(_name, _port, _host.Name), MdnsTiming.HostTtl, isUnique: true);
        yield return new(DnsRecord.Raw(_name, DnsType.Txt, Text.Wire), MdnsTiming.OtherTtl, isUnique: true);
        yield return new(DnsRecord.Pointer(DnsSdNames.Enumeration, _type), MdnsTiming.OtherTtl, isUnique: false);
        yield return new(DnsRecord.Types(_name, DnsType.Txt, DnsType.Srv), MdnsTiming.OtherTtl, isUnique: true);
    }

    protected override string Suffix(int number) => $" ({number})";

    protected override void Renamed() => _name = _type.Prepend(Label);
}
