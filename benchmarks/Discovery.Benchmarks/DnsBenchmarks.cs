using System.Net;
using BenchmarkDotNet.Attributes;
using Discovery.Encoding.Dns;
using Discovery.Mdns;

namespace Discovery.Benchmarks;

/// <summary>An mDNS response of ten records, two services and their host, read to its last byte and written.</summary>
[MemoryDiagnoser]
public class DnsBenchmarks
{
    private readonly byte[] _buffer = new byte[1440];
    private DnsRecord[] _records = null!;
    private byte[] _message = null!;

    /// <summary>What is read and written, for those that it is compared with.</summary>
    public byte[] Message => _message;

    [GlobalSetup]
    public void Setup()
    {
        DnsName type = DnsName.Parse("_discovery._udp.local."), host = DnsName.Parse("node-a.local.");
        DnsName one = type.Prepend("Büro 1. Stock"), other = type.Prepend("kdx4fwzhsuyghkg6");
        ServiceText text = ServiceText.Create(new("txtvers", "1"), new("id", "kdx4fwzhsuyghkg634ogbmt7fhmg7iphrgce3grmjy1nyz7u68go"));
        _records =
        [
            DnsRecord.Pointer(type, one),
            DnsRecord.Pointer(type, other),
            DnsRecord.Service(one, 7777, host),
            DnsRecord.Service(other, 7778, host),
            DnsRecord.Raw(one, DnsType.Txt, text.Wire),
            DnsRecord.Raw(other, DnsType.Txt, text.Wire),
            DnsRecord.Address(host, new(IPAddress.Parse("192.0.2.1"), 0)),
            DnsRecord.Address(host, new(IPAddress.Parse("2001:db8::1"), 0)),
            DnsRecord.Address(host, new(IPAddress.Parse("fe80::1"), 0)),
            DnsRecord.Types(host, DnsType.A, DnsType.Aaaa),
        ];
        int length = Build();
        _message = _buffer[..length];
        if (Parse() == 0)
            throw new InvalidOperationException("It does not read what it writes.");
    }

    [Benchmark, Goal(1000)]
    public int Parse()
    {
        int sum = 0, records = 0;
        DnsReader.TryCreate(_message, out DnsReader reader);
        while (reader.TryReadRecord(out DnsRecordView record))
        {
            records++;
            if (!record.IsDataValid)
                throw new InvalidOperationException("Its data is wrong.");
            sum += record.Name.Length + record.Data.Length;
            if (record.TryGetService(out DnsServiceView service))
                sum += service.Port;
            if (record.TryGetTarget(out DnsNameView target))
                sum += target.Length;
        }
        return reader.IsAtEnd && records == 10 ? sum : throw new InvalidOperationException("It has ten records.");
    }

    [Benchmark, Goal(1000)]
    public int Build()
    {
        DnsWriter writer = new(_buffer, 0, DnsHeader.Response | DnsHeader.Authoritative, isMulticast: true);
        foreach (DnsRecord record in _records)
            if (!writer.TryWrite(DnsSection.Answer, record, 120, record.Type != DnsType.Ptr))
                throw new InvalidOperationException("There is room for ten records.");
        return writer.Length;
    }
}
