using System.Globalization;
using System.Text.Json;
using Discovery.Encoding.Dns;
using Discovery.Tests.Support;

namespace Discovery.Tests.Encoding.Dns;

public sealed class DnsReaderTests
{
    [Test]
    public void Messages_are_read_as_the_vectors_say()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("dns_messages").Items("vectors"))
        {
            byte[] message = vector.Hex("message_hex");
            Assert.That(DnsWalk.IsValid(message), Is.EqualTo(vector.GetProperty("valid").GetBoolean()), $"{vector.Text("note")}: {vector.Text("message_hex")}");
            if (vector.TryGetProperty("parsed", out JsonElement parsed))
                Compare(message, parsed);
            count++;
        }
        Assert.That(count, Is.EqualTo(51));
    }

    [Test]
    public void A_message_that_is_cut_short_is_refused()
    {
        foreach (JsonElement vector in Vectors.Load("dns_messages").Items("vectors").Where(static vector => vector.GetProperty("valid").GetBoolean()))
        {
            byte[] message = vector.Hex("message_hex");
            for (int length = 0; length < message.Length; length++)
                Assert.That(DnsWalk.IsValid(message.AsSpan(0, length)), Is.False, $"{vector.Text("note")} cut at {length}");
        }
    }

    [Test]
    public void A_bad_record_is_dropped_and_the_others_stand()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("mdns_messages").Items("real_world_and_attack"))
        {
            byte[] message = vector.Hex("message_hex");
            List<string> usable = [];
            Assert.That(DnsReader.TryCreate(message, out DnsReader reader));
            while (reader.TryReadRecord(out DnsRecordView record))
                if (record.IsDataValid && record.Type != DnsType.Opt)
                    usable.Add($"{Plain(record.Name)} {(int)record.Type} {record.IsCacheFlush} {record.Ttl}");
            string[] expected = [.. vector.Items("zeroconf_records").Select(static record =>
                $"{record.Text("name")} {record.GetProperty("type").GetInt32()} {record.GetProperty("cache_flush").GetBoolean()} {record.GetProperty("ttl").GetUInt32()}")];
            Assert.That(usable, Has.Count.EqualTo(vector.GetProperty("zeroconf_usable_records").GetInt32()), vector.Text("name"));
            Assert.That(usable, Is.EqualTo(expected), vector.Text("name"));
            count++;
        }
        Assert.That(count, Is.EqualTo(25));
    }

    [Test]
    public void Constructed_mdns_messages_are_read()
    {
        JsonElement vectors = Vectors.Load("mdns_messages");
        foreach (JsonElement vector in vectors.Items("constructed"))
        {
            byte[] message = vector.Hex("message_hex");
            Assert.That(DnsWalk.IsValid(message), vector.Text("name"));
            Compare(message, vector.GetProperty("parsed"));
        }
        foreach (JsonElement vector in vectors.Items("constructed_invalid"))
        {
            byte[] message = vector.Hex("message_hex");
            // RFC 6762 18.3 and 18.11: these two are well-formed, and for the engine to ignore.
            bool isIgnored = DnsHeader.TryParse(message, out DnsHeader header) && (header.Opcode != 0 || header.ResponseCode != 0);
            Assert.That(DnsWalk.IsValid(message), Is.EqualTo(isIgnored), vector.Text("note"));
        }
    }

    [Test]
    public void An_opt_record_is_taken_apart()
    {
        // python-zeroconf's test packet: an owner option (4) from an Apple device.
        byte[] message = Convert.FromHexString("0000000000000000000000010000" + "2905a00000119400120004000e00647a7b8a369c7a46842cca51ff");
        Assert.That(DnsReader.TryCreate(message, out DnsReader reader));
        Assert.That(reader.TryReadRecord(out DnsRecordView record));
        Assert.That(DnsOptView.TryRead(record, out DnsOptView opt));
        Assert.That((opt.PayloadSize, opt.ExtendedResponseCode, opt.Version, opt.IsDnssecOk), Is.EqualTo((1440, 0, 0, false)));
        Assert.That(opt.TryGetOption(4, out ReadOnlySpan<byte> owner) && owner.Length == 14);
        Assert.That(opt.TryGetOption(3, out _), Is.False);
        message[^16]++;
        Assert.That(DnsWalk.IsValid(message), Is.False, "the option is longer than the record");
    }

    private static void Compare(byte[] message, JsonElement parsed)
    {
        Assert.That(DnsReader.TryCreate(message, out DnsReader reader));
        Assert.That(reader.Header.Id, Is.EqualTo(parsed.GetProperty("id").GetInt32()));
        Assert.That(reader.Header.Flags, Is.EqualTo(ushort.Parse(parsed.Text("flags"), NumberStyles.HexNumber, null)));
        foreach (JsonElement expected in parsed.Items("questions"))
        {
            Assert.That(reader.TryReadQuestion(out DnsQuestionView question));
            Assert.That(DnsName.From(question.Name), Is.EqualTo(DnsName.Parse(expected.Text("name"))));
            Assert.That((int)question.Type, Is.EqualTo(expected.GetProperty("type").GetInt32()));
            Assert.That(question.RawClass & (expected.TryGetProperty("qu", out JsonElement qu) ? 0x7FFF : 0xFFFF), Is.EqualTo(expected.GetProperty("class").GetInt32()));
            Assert.That(question.WantsUnicast, Is.EqualTo(qu.ValueKind == JsonValueKind.True));
        }
        foreach ((DnsSection section, string property) in ((DnsSection, string)[])[(DnsSection.Answer, "answers"), (DnsSection.Authority, "authorities"), (DnsSection.Additional, "additionals")])
        {
            foreach (JsonElement expected in parsed.Items(property))
            {
                Assert.That(reader.TryReadRecord(out DnsRecordView record));
                Assert.That(record.Section, Is.EqualTo(section));
                Assert.That(DnsName.From(record.Name), Is.EqualTo(DnsName.Parse(expected.Text("name"))));
                Assert.That((int)record.Type, Is.EqualTo(expected.GetProperty("type").GetInt32()));
                Assert.That(record.Ttl, Is.EqualTo(expected.GetProperty("ttl").GetUInt32()));
                Assert.That(record.Data.Length, Is.EqualTo(expected.GetProperty("rdlength").GetInt32()));
                if (expected.TryGetProperty("cache_flush", out JsonElement flush))
                    Assert.That(record.IsCacheFlush, Is.EqualTo(flush.GetBoolean()));
                else
                    Assert.That(record.RawClass, Is.EqualTo(expected.GetProperty("class").GetInt32()));
                if (expected.TryGetProperty("rdata_offset", out JsonElement offset))
                    Assert.That(record.DataStart, Is.EqualTo(offset.GetInt32()));
            }
        }
        Assert.That(reader.IsAtEnd);
    }

    /// <summary>python-zeroconf joins labels with dots and escapes nothing.</summary>
    private static string Plain(DnsNameView name)
    {
        string text = "";
        foreach (ReadOnlySpan<byte> label in name)
            text += System.Text.Encoding.UTF8.GetString(label) + ".";
        return text.Length == 0 ? "." : text;
    }
}
