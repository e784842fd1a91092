using System.Text.Json;
using Discovery.Encoding.Dns;
using Discovery.Tests.Support;

namespace Discovery.Tests.Encoding.Dns;

public sealed class DnsNameTests
{
    [Test]
    public void Names_are_read_as_the_vectors_say()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("dns_names").Items("vectors"))
        {
            byte[] wire = vector.Hex("wire_hex");
            int position = vector.GetProperty("offset").GetInt32(), start = position;
            string about = $"{vector.Text("wire_hex")} at {position}: {vector.Text("note")}";
            bool isRead = DnsNameView.TryRead(wire, ref position, out DnsNameView name);
            count++;
            if (vector.GetProperty("valid").ValueKind == JsonValueKind.String)
                continue;
            Assert.That(isRead, Is.EqualTo(vector.GetProperty("valid").GetBoolean()), about);
            if (!isRead)
            {
                Assert.That(position, Is.EqualTo(start), about);
                continue;
            }
            byte[] expected = DnsWalk.LabelsToWire(vector.Items("labels_hex").Select(static label => Convert.FromHexString(label.GetString()!)));
            DnsName owned = DnsName.From(name);
            Assert.That(owned.Wire.ToArray(), Is.EqualTo(expected), about);
            Assert.That(position - start, Is.EqualTo(vector.GetProperty("consumed").GetInt32()), about);
            Assert.That(name.Equals(owned.View) && owned.View.Equals(name), about);
            Assert.That(name.ComputeHash(), Is.EqualTo(owned.GetHashCode()), about);
            Assert.That(DnsName.Parse(owned.ToString()), Is.EqualTo(owned), about);
        }
        Assert.That(count, Is.EqualTo(53));
    }

    [Test]
    public void Instance_names_are_escaped_as_the_vectors_say()
    {
        JsonElement vectors = Vectors.Load("dnssd");
        foreach (JsonElement vector in vectors.Items("instance_names"))
        {
            DnsName expected = Read(vector.Hex("wire_hex"));
            DnsName name = DnsName.Parse($"{vector.Text("service")}.{vector.Text("domain")}").Prepend(vector.Text("instance"));
            Assert.That(name.Wire.ToArray(), Is.EqualTo(expected.Wire.ToArray()));
            Assert.That(name.ToString(), Is.EqualTo(vector.Text("escaped_full_name")));
            Assert.That(DnsName.Parse(name.ToString()).Wire.ToArray(), Is.EqualTo(expected.Wire.ToArray()));
            Assert.That(name.FirstLabel, Is.EqualTo(vector.Text("instance")));
        }
        JsonElement other = vectors.GetProperty("alternative_presentation");
        Assert.That(DnsName.Parse(other.Text("dns_sd_h")).Wire.ToArray(), Is.EqualTo(other.Hex("must_decode_to_wire")));
    }

    [TestCase("")]
    [TestCase("..")]
    [TestCase(".a")]
    [TestCase("a..b")]
    [TestCase("a\\")]
    [TestCase("a\\25")]
    [TestCase("a\\256")]
    [TestCase("a\\2x5")]
    [TestCase("0123456789012345678901234567890123456789012345678901234567890123")]
    public void What_is_no_name_is_not_parsed(string text)
    {
        Assert.That(DnsName.TryParse(text, out _), Is.False);
        Assert.That(() => DnsName.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void Half_a_surrogate_pair_is_no_text() => Assert.That(DnsName.TryParse("a\ud800.", out _), Is.False);

    [Test]
    public void A_name_has_at_most_255_bytes()
    {
        string text = string.Concat(Enumerable.Repeat("a.", 127));
        Assert.That(DnsName.Parse(text).Length, Is.EqualTo(255));
        Assert.That(DnsName.TryParse(text + "a.", out _), Is.False);
        Assert.That(DnsName.Parse(text).CanPrepend(1), Is.False);
        Assert.That(() => DnsName.Parse(text).Prepend("a"), Throws.ArgumentException);
        Assert.That(() => DnsName.Root.Prepend(""), Throws.ArgumentException);
    }

    [Test]
    public void Names_that_are_no_text_are_shown_in_digits()
    {
        DnsName name = DnsName.Root.Prepend([0xFF, (byte)'a', 0, 0x7F]);
        Assert.That(name.ToString(), Is.EqualTo("\\255a\\000\\127."));
        Assert.That(DnsName.Parse(name.ToString()), Is.EqualTo(name));
        Assert.That(DnsName.Root.ToString(), Is.EqualTo("."));
        Assert.That(DnsName.Parse("."), Is.EqualTo(DnsName.Root));
    }

    [Test]
    public void Case_matters_for_ascii_letters_only_in_what_is_kept()
    {
        DnsName name = DnsName.Parse("Node A._Discovery._UDP.local");
        Assert.That(name, Is.EqualTo(DnsName.Parse("node a._discovery._udp.LOCAL.")));
        Assert.That(name.GetHashCode(), Is.EqualTo(DnsName.Parse("node a._discovery._udp.LOCAL.").GetHashCode()));
        Assert.That(name.ToString(), Is.EqualTo("Node A._Discovery._UDP.local."));
        Assert.That(DnsName.Parse("é."), Is.Not.EqualTo(DnsName.Parse("É.")));
        Assert.That(DnsName.Parse("[."), Is.Not.EqualTo(DnsName.Parse("{.")), "one bit apart, and no letters");
    }

    [TestCase("a.b.local.", "b.LOCAL.", true)]
    [TestCase("a.b.local.", "a.b.local.", true)]
    [TestCase("a.b.local.", ".", true)]
    [TestCase("ab.local.", "b.local.", false)]
    [TestCase("b.local.", "a.b.local.", false)]
    [TestCase("a.c.local.", "b.local.", false)]
    public void Endings_are_whole_labels(string name, string suffix, bool expected) =>
        Assert.That(DnsName.Parse(name).View.EndsWith(DnsName.Parse(suffix).View), Is.EqualTo(expected));

    [Test]
    public void A_dictionary_can_be_asked_with_a_view()
    {
        Dictionary<DnsName, int> names = new(DnsNameComparer.Instance) { [DnsName.Parse("a.FOO.bar.")] = 1 };
        byte[] wire = Convert.FromHexString("03464f4f03626172000161c000");
        int position = 9;
        Assert.That(DnsNameView.TryRead(wire, ref position, out DnsNameView view));
        Assert.That(names.GetAlternateLookup<DnsNameView>().TryGetValue(view, out int value));
        Assert.That(value, Is.EqualTo(1));
    }

    private static DnsName Read(byte[] wire)
    {
        int position = 0;
        Assert.That(DnsNameView.TryRead(wire, ref position, out DnsNameView view) && position == wire.Length);
        return DnsName.From(view);
    }
}
