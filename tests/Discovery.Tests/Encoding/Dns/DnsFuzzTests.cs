using Discovery.Encoding.Dns;
using Discovery.Tests.Support;

namespace Discovery.Tests.Encoding.Dns;

public sealed class DnsFuzzTests
{
    [Test]
    public void A_million_mutated_messages_do_no_harm()
    {
        byte[][] seeds = [.. Vectors.Load("dns_messages").Items("vectors").Select(static vector => vector.Hex("message_hex"))
            .Concat(Vectors.Load("mdns_messages").Items("real_world_and_attack").Select(static vector => vector.Hex("message_hex")))
            .Concat(Vectors.Load("mdns_messages").Items("constructed").Select(static vector => vector.Hex("message_hex")))
            .Where(static message => message.Length is > 12 and <= 512)];
        Random random = new(20250104);
        byte[] buffer = new byte[1024];
        int valid = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            int length = Mutate.Into(buffer, seeds, random);
            ReadOnlySpan<byte> message = buffer.AsSpan(0, length);
            DnsWalk.Touch(message);
            if ((i & 15) != 0 || !DnsReader.TryCreate(message, out DnsReader reader))
                continue;
            while (reader.TryReadRecord(out DnsRecordView record))
            {
                if (!DnsRecord.TryCreate(record, out DnsRecord? owned))
                    continue;
                valid++;
                Assert.That(owned.IsSameAs(record), $"{owned.Name} {record.Type} {Convert.ToHexString(record.Data)} of {Convert.ToHexString(message)}");
                Assert.That(DnsName.Parse(owned.Name.ToString()).Wire.SequenceEqual(owned.Name.Wire));
            }
        }
        Assert.That(valid, Is.GreaterThan(10_000));
    }

    [Test]
    public void Random_records_survive_a_round_trip()
    {
        Random random = new(20250105);
        byte[] buffer = new byte[9000];
        for (int round = 0; round < 2000; round++)
        {
            DnsName[] names = [.. Enumerable.Range(0, 4).Select(_ => RandomName(random))];
            DnsRecord[] records = [.. Enumerable.Range(0, 12).Select(_ => RandomRecord(names, random))];
            DnsWriter writer = new(buffer, 1, DnsHeader.Response, random.Next(2) == 0);
            foreach (DnsRecord record in records)
                Assert.That(writer.TryWrite(DnsSection.Answer, record, 60));
            Assert.That(DnsWalk.IsValid(writer.Written));
            Assert.That(DnsReader.TryCreate(writer.Written, out DnsReader reader));
            foreach (DnsRecord record in records)
            {
                Assert.That(reader.TryReadRecord(out DnsRecordView view));
                Assert.That(record.IsSameAs(view));
                Assert.That(DnsRecord.TryCreate(view, out DnsRecord? again) && again.IsSameAs(record));
            }
        }
    }

    private static DnsName RandomName(Random random)
    {
        DnsName name = DnsName.Root;
        for (int labels = random.Next(1, 6); labels > 0; labels--)
        {
            byte[] label = new byte[random.Next(1, random.Next(2) == 0 ? 4 : 64)];
            foreach (ref byte value in label.AsSpan())
                value = (byte)(random.Next(4) == 0 ? random.Next(256) : "aAbB"[random.Next(4)]);
            if (name.CanPrepend(label.Length))
                name = name.Prepend(label);
        }
        return name;
    }

    private static DnsRecord RandomRecord(DnsName[] names, Random random)
    {
        DnsName name = names[random.Next(names.Length)], target = names[random.Next(names.Length)];
        byte[] data = new byte[random.Next(200)];
        random.NextBytes(data);
        return random.Next(5) switch
        {
            0 => DnsRecord.Pointer(name, target),
            1 => DnsRecord.Service(name, (ushort)random.Next(65536), target, (ushort)random.Next(65536)),
            2 => DnsRecord.Types(name, DnsType.A, (DnsType)random.Next(1, 256)),
            3 => DnsRecord.Address(name, new PeerEndPoint((uint)random.Next(), 0)),
            _ => DnsRecord.Raw(name, (DnsType)65280, data),
        };
    }
}
