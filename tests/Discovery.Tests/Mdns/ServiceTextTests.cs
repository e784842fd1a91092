using System.Text.Json;
using Discovery.Mdns;
using Discovery.Tests.Support;

namespace Discovery.Tests.Mdns;

public sealed class ServiceTextTests
{
    [Test]
    public void Texts_are_read_as_the_vectors_say()
    {
        JsonElement vectors = Vectors.Load("dnssd");
        foreach (JsonElement vector in vectors.Items("txt"))
        {
            ServiceText? text = ServiceText.Read(vector.Hex("rdata_hex"));
            Assert.That(text, Is.Not.Null);
            JsonElement[] pairs = [.. vector.Items("pairs")];
            Assert.That(text!.Select(static pair => pair.Key), Is.EqualTo(pairs.Select(static pair => pair[0].GetString())), vector.Text("note"));
            foreach (JsonElement pair in pairs)
            {
                Assert.That(text.ContainsKey(pair[0].GetString()!.ToUpperInvariant()));
                bool hasValue = text.TryGetValue(pair[0].GetString()!, out ReadOnlyMemory<byte> value);
                Assert.That(hasValue ? Convert.ToHexString(value.Span).ToLowerInvariant() : null, Is.EqualTo(pair[1].GetString()), vector.Text("note"));
            }
        }
        foreach (JsonElement vector in vectors.Items("txt_invalid"))
            Assert.That(ServiceText.Read(vector.Hex("rdata_hex")), Is.Null);
    }

    [Test]
    public void Texts_are_written_as_the_rfc_shows()
    {
        // RFC 6763 6.6
        ServiceText text = ServiceText.Create(new("key", "value"), new("paper", "A4"), new("passreq", null));
        Assert.That(Convert.ToHexString(text.Wire), Is.EqualTo("096B65793D76616C75650870617065723D41340770617373726571"));
        Assert.That(ServiceText.Read(text.Wire), Is.EqualTo(text));
        Assert.That((text["KEY"], text["passreq"], text["none"], text.ContainsKey("passreq"), text.Count), Is.EqualTo(("value", (string?)null, (string?)null, true, 3)));
        Assert.That(Convert.ToHexString(ServiceText.Create().Wire), Is.EqualTo("00"), "6.1");
        Assert.That(ServiceText.Create(), Is.SameAs(ServiceText.Empty));
        Assert.That(text.GetHashCode(), Is.EqualTo(ServiceText.Read(text.Wire)!.GetHashCode()));
    }

    [TestCase("", "v")]
    [TestCase("a=b", "v")]
    [TestCase("ä", "v")]
    public void What_is_no_key_is_refused(string key, string value) => Assert.That(() => ServiceText.Create(KeyValuePair.Create(key, (string?)value)), Throws.ArgumentException);

    [Test]
    public void What_is_too_much_is_refused()
    {
        Assert.That(static () => ServiceText.Create(new("a", "1"), new("A", "2")), Throws.ArgumentException);
        Assert.That(static () => ServiceText.Create(KeyValuePair.Create("a", (string?)new string('x', 254))), Throws.ArgumentException);
        Assert.That(ServiceText.Create(KeyValuePair.Create("a", (string?)new string('x', 253))).Count, Is.EqualTo(1));
        Assert.That(static () => ServiceText.Create(Enumerable.Range(0, 5).Select(static i => KeyValuePair.Create($"{i}", (string?)new string('x', 250)))), Throws.ArgumentException);
    }
}
