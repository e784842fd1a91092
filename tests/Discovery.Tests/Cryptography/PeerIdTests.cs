using System.Text.Json;
using Discovery.Tests.Support;

namespace Discovery.Tests.Cryptography;

public sealed class PeerIdTests
{
    // RFC 8032, 7.1, TEST 1.
    private const string Hex = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    [Test]
    public void Text_and_bytes_round_trip()
    {
        Random random = new(7);
        byte[] bytes = new byte[PeerId.Size];
        for (int i = 0; i < 1000; i++)
        {
            random.NextBytes(bytes);
            PeerId id = new(bytes);
            Assert.That(id.ToArray(), Is.EqualTo(bytes));
            Assert.That(PeerId.Parse(id.ToString()), Is.EqualTo(id));
            Assert.That(PeerId.Parse(Convert.ToHexString(bytes)), Is.EqualTo(id));
            Assert.That(PeerId.TryParse(bytes, out PeerId read) && read == id);
        }
    }

    [Test]
    public void Pkarr_keys_are_read()
    {
        JsonElement file = Vectors.Load("zbase32");
        JsonElement uris = file.GetProperty("pkarr_uris");
        string text = uris.Items("must_parse_to_public_key").First().GetString()!;
        Assert.That(PeerId.Parse(text).ToArray(), Is.EqualTo(uris.Hex("public_key")));
        Assert.That(new PeerId(uris.Hex("public_key")).ToString(), Is.EqualTo(text));
        Assert.That(PeerId.TryParse(file.GetProperty("pkarr_invalid_key").Text("encoded"), out _), Is.False);
    }

    [TestCase("")]
    [TestCase("d75a")]
    [TestCase(Hex + "00")]
    [TestCase("x75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    [TestCase("yg4gxe7z1r7mr6orids9fh95y7gxhdsxjqi6nngsxxtakqaxr5nb")]
    [TestCase("YG4GXE7Z1R7MR6ORIDS9FH95Y7GXHDSXJQI6NNGSXXTAKQAXR5NO")]
    [TestCase("yg4gxe7z1r7mr6orids9fh95y7gxhdsxjqi6nngsxxtakqaxr5n")]
    public void Other_text_is_refused(string text)
    {
        Assert.That(PeerId.TryParse(text, out PeerId id), Is.False);
        Assert.That(id, Is.EqualTo(default(PeerId)));
        Assert.That(() => PeerId.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void Null_text_is_refused()
    {
        Assert.That(PeerId.TryParse((string?)null, out _), Is.False);
        Assert.That(() => PeerId.Parse(null!), Throws.ArgumentNullException);
    }

    [TestCase(0)]
    [TestCase(31)]
    [TestCase(33)]
    public void Other_lengths_are_refused(int length)
    {
        Assert.That(() => new PeerId(new byte[length]), Throws.ArgumentException);
        Assert.That(PeerId.TryParse(new byte[length], out PeerId _), Is.False);
    }

    [Test]
    public void Formatting_needs_room()
    {
        PeerId id = PeerId.Parse(Hex);
        Assert.That(id.TryFormat(new byte[PeerId.Size - 1]), Is.False);
        Assert.That(id.TryFormat(new char[PeerId.TextLength - 1], out int written), Is.False);
        Assert.That(written, Is.Zero);
        Assert.That($"{id}", Is.EqualTo(id.ToString()));
    }

    [Test]
    public void Ids_are_values()
    {
        PeerId id = PeerId.Parse(Hex), same = new(Convert.FromHexString(Hex)), other = default;
        Assert.That(id, Is.EqualTo(same));
        Assert.That(id.GetHashCode(), Is.EqualTo(same.GetHashCode()));
        Assert.That(id, Is.Not.EqualTo(other));
    }
}
