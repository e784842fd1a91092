using System.Text.Json;
using Discovery.Encoding.Dns;
using Discovery.Tests.Support;

namespace Discovery.Tests.Encoding.Dns;

public sealed class DnsWriterTests
{
    private static readonly DnsName Type = DnsName.Parse("_discovery._udp.local."), Instance = Type.Prepend("Node A. 1"), Host = DnsName.Parse("node-a.local.");

    [Test]
    public void Names_are_compressed_as_the_vectors_say()
    {
        foreach (JsonElement vector in Vectors.Load("dns_messages").GetProperty("compression_encode_examples").Items("vectors"))
        {
            byte[] expected = vector.Hex("wire");
            // The examples have no header before them: move what their pointers point to.
            for (int i = 0; i < expected.Length; i++)
                if (expected[i] == 0xC0)
                    expected[++i] += DnsHeader.Size;
            DnsWriter writer = new(new byte[512], 0, 0, isMulticast: true);
            foreach (JsonElement name in vector.Items("names"))
                Assert.That(writer.TryWriteName(DnsName.Parse(name.GetString()!), compress: true));
            Assert.That(writer.Written[DnsHeader.Size..].ToArray(), Is.EqualTo(expected));
        }
    }

    [TestCase("full service response")]
    [TestCase("announcement with NSEC")]
    [TestCase("probe")]
    [TestCase("goodbye")]
    [TestCase("service type enumeration response")]
    [TestCase("query with known answer")]
    [TestCase("PTR browse query, QU")]
    [TestCase("empty TXT (single zero byte)")]
    [TestCase("legacy unicast response")]
    [TestCase("subtype browse response")]
    public void Constructed_messages_are_written_byte_for_byte(string name)
    {
        JsonElement vector = Vectors.Load("mdns_messages").Items("constructed").Single(vector => vector.Text("name") == name);
        byte[] expected = vector.Hex("message_hex");
        Assert.That(Convert.ToHexString(Rewrite(expected, isMulticast: true)), Is.EqualTo(Convert.ToHexString(expected)));
    }

    [Test]
    public void What_was_read_and_written_reads_the_same()
    {
        IEnumerable<byte[]> messages = Vectors.Load("dns_messages").Items("vectors").Where(static vector => vector.GetProperty("valid").GetBoolean()).Select(static vector => vector.Hex("message_hex"))
            .Concat(Vectors.Load("mdns_messages").Items("real_world_and_attack").Select(static vector => vector.Hex("message_hex")).Where(static message => DnsWalk.IsValid(message)));
        int records = 0;
        foreach (byte[] message in messages)
        {
            foreach (bool isMulticast in (bool[])[true, false])
            {
                byte[] once = Rewrite(message, isMulticast);
                Assert.That(DnsWalk.IsValid(once));
                Assert.That(Owned(once).Zip(Owned(message)).All(static pair => pair.First.IsSameAs(pair.Second)));
                Assert.That(Owned(once), Has.Count.EqualTo(Owned(message).Count));
                Assert.That(Rewrite(once, isMulticast), Is.EqualTo(once));
                records += Owned(once).Count;
            }
        }
        Assert.That(records, Is.GreaterThan(200));
    }

    [Test]
    public void The_target_of_a_service_is_compressed_in_mdns_only()
    {
        DnsRecord record = DnsRecord.Service(Host, 80, Host);
        DnsWriter multicast = new(new byte[512], 0, 0, isMulticast: true), unicast = new(new byte[512], 0, 0, isMulticast: false);
        Assert.That(multicast.TryWrite(DnsSection.Answer, record, 120) && unicast.TryWrite(DnsSection.Answer, record, 120));
        Assert.That(unicast.Length - multicast.Length, Is.EqualTo(Host.Length - 2));
        DnsRecord pointer = DnsRecord.Pointer(Host, Host);
        multicast = new(new byte[512], 0, 0, isMulticast: true);
        unicast = new(new byte[512], 0, 0, isMulticast: false);
        Assert.That(multicast.TryWrite(DnsSection.Answer, pointer, 120) && unicast.TryWrite(DnsSection.Answer, pointer, 120));
        Assert.That(unicast.Length, Is.EqualTo(multicast.Length), "RFC 1035 allows it for PTR");
    }

    [Test]
    public void What_does_not_fit_is_left_out_whole()
    {
        DnsRecord[] records = [DnsRecord.Pointer(Type, Instance), DnsRecord.Service(Instance, 7777, Host), DnsRecord.Raw(Instance, DnsType.Txt, [0]), DnsRecord.Types(Host, DnsType.A)];
        byte[] whole = new byte[512];
        DnsWriter full = new(whole, 7, DnsHeader.Response, isMulticast: true);
        foreach (DnsRecord record in records)
            Assert.That(full.TryWrite(DnsSection.Answer, record, 120));
        int total = full.Length;
        for (int size = DnsHeader.Size; size < total; size++)
        {
            byte[] buffer = new byte[size];
            DnsWriter writer = new(buffer, 7, DnsHeader.Response, isMulticast: true);
            int written = 0;
            foreach (DnsRecord record in records)
                written += writer.TryWrite(DnsSection.Answer, record, 120) ? 1 : 0;
            Assert.That(written, Is.LessThan(records.Length));
            writer.SetTruncated();
            Assert.That(DnsWalk.IsValid(writer.Written), $"{size}");
            Assert.That(DnsHeader.TryParse(writer.Written, out DnsHeader header) && header.IsTruncated && header.Answers == written);
        }
    }

    [Test]
    public void A_name_taken_back_is_not_pointed_to()
    {
        byte[] buffer = new byte[DnsHeader.Size + 30];
        DnsWriter writer = new(buffer, 0, 0, isMulticast: true);
        Assert.That(writer.TryWrite(DnsSection.Answer, DnsRecord.Pointer(Type, Instance), 120), Is.False);
        Assert.That(writer.IsEmpty);
        Assert.That(writer.TryWriteQuestion(DnsName.Parse("local."), DnsType.A));
        Assert.That(writer.TryWriteQuestion(DnsName.Parse("local."), DnsType.Aaaa));
        Assert.That(DnsWalk.IsValid(writer.Written));
        Assert.That(writer.Length, Is.EqualTo(12 + 7 + 4 + 2 + 4));
    }

    [Test]
    public void A_long_message_points_only_as_far_as_a_pointer_reaches()
    {
        DnsWriter writer = new(new byte[65535], 0, 0, isMulticast: true);
        int count = 0;
        while (writer.TryWrite(DnsSection.Answer, DnsRecord.Raw(DnsName.Parse($"host-{count}.example."), DnsType.Txt, new byte[100]), 120))
            count++;
        Assert.That(writer.Length, Is.GreaterThan(65000));
        Assert.That(DnsReader.TryCreate(writer.Written, out DnsReader reader));
        for (int i = 0; i < count; i++)
        {
            Assert.That(reader.TryReadRecord(out DnsRecordView record));
            Assert.That(record.Name.ToString(), Is.EqualTo($"host-{i}.example."));
        }
        Assert.That(reader.IsAtEnd);
    }

    [Test]
    public void Sections_have_an_order() => Assert.That(
        static () =>
        {
            DnsWriter writer = new(new byte[512], 0, 0, isMulticast: true);
            writer.TryWrite(DnsSection.Additional, DnsRecord.Pointer(Type, Instance), 1);
            writer.TryWrite(DnsSection.Answer, DnsRecord.Pointer(Type, Instance), 1);
        },
        Throws.InvalidOperationException);

    [Test]
    public void Reading_and_writing_ten_records_allocates_nothing()
    {
        DnsRecord[] records =
        [
            DnsRecord.Pointer(Type, Instance), DnsRecord.Service(Instance, 7777, Host), DnsRecord.Raw(Instance, DnsType.Txt, "\u0009key=value"u8), DnsRecord.Address(Host, PeerEndPoint.Parse("192.0.2.1:0")),
            DnsRecord.Address(Host, PeerEndPoint.Parse("[2001:db8::1]:0")), DnsRecord.Pointer(Type, Type.Prepend("b")), DnsRecord.Service(Type.Prepend("b"), 1, Host),
            DnsRecord.Types(Host, DnsType.A, DnsType.Aaaa), DnsRecord.Types(Instance, DnsType.Txt, DnsType.Srv), DnsRecord.Pointer(DnsName.Parse("_services._dns-sd._udp.local."), Type),
        ];
        Dictionary<DnsName, int> names = new(DnsNameComparer.Instance) { [Host] = 1 };
        Dictionary<DnsName, int>.AlternateLookup<DnsNameView> lookup = names.GetAlternateLookup<DnsNameView>();
        byte[] buffer = new byte[1472];
        long sum = 0;
        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                DnsWriter writer = new(buffer, 0, DnsHeader.Response, isMulticast: true);
                foreach (DnsRecord record in records)
                    sum += writer.TryWrite(DnsSection.Answer, record, 120, isCacheFlush: true) ? 1 : 0;
                sum += DnsWalk.Touch(writer.Written);
                DnsReader.TryCreate(writer.Written, out DnsReader reader);
                while (reader.TryReadRecord(out DnsRecordView record))
                    sum += (lookup.TryGetValue(record.Name, out int value) ? value : 0) + (records[0].IsSameAs(record) ? 1 : 0);
            }
        });
        Assert.That(allocated, Is.Zero);
        Assert.That(sum, Is.Positive);
    }

    private static byte[] Rewrite(byte[] message, bool isMulticast)
    {
        Assert.That(DnsReader.TryCreate(message, out DnsReader reader));
        DnsWriter writer = new(new byte[4096], reader.Header.Id, reader.Header.Flags, isMulticast);
        while (reader.TryReadQuestion(out DnsQuestionView question))
            Assert.That(writer.TryWriteQuestion(DnsName.From(question.Name), question.Type, question.WantsUnicast));
        while (reader.TryReadRecord(out DnsRecordView record))
            if (DnsRecord.TryCreate(record, out DnsRecord? owned))
                Assert.That(writer.TryWrite(record.Section, owned, record.Ttl, record.IsCacheFlush));
        return writer.Written.ToArray();
    }

    private static List<DnsRecord> Owned(byte[] message)
    {
        List<DnsRecord> records = [];
        Assert.That(DnsReader.TryCreate(message, out DnsReader reader));
        while (reader.TryReadRecord(out DnsRecordView record))
            if (DnsRecord.TryCreate(record, out DnsRecord? owned))
            {
                Assert.That(owned.IsSameAs(record));
                records.Add(owned);
            }
        return records;
    }
}
