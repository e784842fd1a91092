using System.Text.Json;
using Discovery.Tests.Support;

namespace Discovery.Tests.Primitives;

public sealed class ZBase32Tests
{
    [Test]
    public void Whole_bytes_round_trip()
    {
        foreach (JsonElement vector in Vectors.Load("zbase32").Items("bytes"))
        {
            Assert.That(Encode(vector.Hex("hex")), Is.EqualTo(vector.Text("encoded")));
            Assert.That(Decode(vector.Text("encoded")), Is.EqualTo(vector.Hex("hex")));
        }
    }

    [Test]
    public void Other_numbers_of_bits_are_the_beginning_of_whole_bytes()
    {
        foreach (JsonElement vector in Vectors.Load("zbase32").Items("bits"))
        {
            int bits = vector.GetProperty("bits").GetInt32();
            byte[] bytes = vector.Hex("hex");
            // The vectors carry bits beyond the count that do not matter; the encoding has them as zero.
            if (bits % 8 != 0)
                bytes[^1] &= (byte)(0xFF << (8 - bits % 8));
            string text = vector.Text("encoded");
            Assert.That(Encode(bytes), Does.StartWith(text));
            if (bits % 8 == 0)
                Assert.That(Decode(text), Is.EqualTo(bytes));
        }
    }

    [Test]
    public void Invalid_text_is_refused()
    {
        foreach (JsonElement vector in Vectors.Load("zbase32").Items("invalid"))
            Assert.That(Decode(vector.Text("encoded")), Is.Null, vector.Text("encoded"));
    }

    [TestCase("y", 0)]
    [TestCase("y", 1)]
    [TestCase("yyy", 1)]
    [TestCase("yyy", 2)]
    [TestCase("y\u00e9", 1)]
    [TestCase("y\uffff", 1)]
    public void A_length_that_no_bytes_have_is_refused(string text, int bytes) => Assert.That(ZBase32.TryDecode(text, new byte[bytes]), Is.False);

    [Test]
    public void Only_one_text_decodes_to_given_bytes()
    {
        Random random = new(3);
        for (int round = 0; round < 500; round++)
        {
            byte[] bytes = new byte[random.Next(1, 40)];
            random.NextBytes(bytes);
            char[] text = Encode(bytes).ToCharArray();
            Assert.That(Decode(new string(text)), Is.EqualTo(bytes));
            text[random.Next(text.Length)] = (char)random.Next(' ', 0x7F);
            byte[]? other = Decode(new string(text));
            Assert.That(other is null || Encode(other) == new string(text));
        }
    }

    private static string Encode(byte[] bytes)
    {
        char[] text = new char[ZBase32.EncodedLength(bytes.Length)];
        ZBase32.Encode(bytes, text);
        return new(text);
    }

    private static byte[]? Decode(string text)
    {
        byte[] bytes = new byte[ZBase32.DecodedLength(text.Length)];
        return ZBase32.TryDecode(text, bytes) ? bytes : null;
    }
}
