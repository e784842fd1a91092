using Discovery.Encoding;
using Discovery.Tests.Support;

namespace Discovery.Tests.Encoding;

public sealed class BencodeReaderTests
{
    // BEP 5, the example of find_node.
    private static ReadOnlySpan<byte> Query => "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe"u8;

    [Test]
    public void Tokens_are_told_by_their_first_byte()
    {
        (string Text, BencodeType Type)[] cases =
        [
            ("", BencodeType.None), ("i1e", BencodeType.Integer), ("1:a", BencodeType.String), ("le", BencodeType.List),
            ("de", BencodeType.Dictionary), ("e", BencodeType.End), ("x", BencodeType.Invalid), ("-", BencodeType.Invalid),
        ];
        foreach ((string text, BencodeType type) in cases)
            Assert.That(new BencodeReader(Bytes(text)).NextType, Is.EqualTo(type), text);
    }

    [TestCase("i0e", 0)]
    [TestCase("i-1e", -1)]
    [TestCase("i007e", 7)]
    [TestCase("i-0e", 0)]
    [TestCase("i9223372036854775807e", long.MaxValue)]
    [TestCase("i-9223372036854775808e", long.MinValue)]
    [TestCase("i00000000000000000000000000000000000000005e", 5)]
    public void Integers_are_read(string text, long expected)
    {
        BencodeReader reader = new(Bytes(text));
        Assert.That(reader.TryReadInteger(out long value));
        Assert.That(value, Is.EqualTo(expected));
        Assert.That(reader.IsAtEnd);
    }

    [TestCase("", false)]
    [TestCase("ie", false)]
    [TestCase("i-e", false)]
    [TestCase("i1", false)]
    [TestCase("i 1e", false)]
    [TestCase("i9223372036854775808e", true)]
    [TestCase("i-9223372036854775809e", true)]
    [TestCase("i18446744073709551617e", true)]
    [TestCase("i99999999999999999999999999e", true)]
    [TestCase("1:a", true)]
    public void What_is_not_read_is_not_consumed(string text, bool canBeSkipped)
    {
        BencodeReader reader = new(Bytes(text));
        Assert.That(reader.TryReadInteger(out long value), Is.False);
        Assert.That(value, Is.Zero);
        Assert.That(reader.Position, Is.Zero);
        Assert.That(reader.TryEnterList() || reader.TryEnterDictionary() || reader.TryLeave(), Is.False);
        Assert.That(reader.TrySkip(), Is.EqualTo(canBeSkipped));
        Assert.That(reader.IsAtEnd, Is.EqualTo(canBeSkipped || text.Length == 0));
    }

    [Test]
    public void A_query_is_taken_apart()
    {
        BencodeReader reader = new(Query);
        Assert.That(reader.TryEnterDictionary());
        Assert.That(reader.TryReadKey(out ReadOnlySpan<byte> key) && key.SequenceEqual("a"u8));
        Assert.That(reader.TryReadRaw(out ReadOnlySpan<byte> raw));
        Assert.That(System.Text.Encoding.ASCII.GetString(raw), Is.EqualTo("d2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e"));
        Assert.That(reader.TryReadKey(out key) && key.SequenceEqual("q"u8));
        Assert.That(reader.TryReadString(out ReadOnlySpan<byte> method) && method.SequenceEqual("find_node"u8));
        Assert.That(reader.TryReadKey(out _) && reader.TrySkip() && reader.TryReadKey(out _) && reader.TrySkip());
        Assert.That(reader.TryReadKey(out _), Is.False);
        Assert.That(reader.TryLeave() && reader.IsAtEnd);
    }

    [Test]
    public void Raw_bytes_of_a_broken_value_are_empty()
    {
        BencodeReader reader = new("l1:a"u8);
        Assert.That(reader.TryReadRaw(out ReadOnlySpan<byte> raw), Is.False);
        Assert.That(raw.IsEmpty);
        Assert.That(reader.Position, Is.Zero);
    }

    [Test]
    public void Every_cut_of_a_query_is_noticed()
    {
        for (int length = 0; length < Query.Length; length++)
            Assert.That(TryParse(Query[..length], out _), Is.False, $"{length} bytes");
        Assert.That(TryParse(Query, out int strings));
        Assert.That(strings, Is.EqualTo(5));
    }

    [Test]
    public void Reading_does_not_allocate()
    {
        bool read = true;
        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
                read &= TryParse(Query, out _) && Bencode.Validate(Query, BencodeStrictness.Canonical, out _);
        });
        Assert.That(allocated, Is.Zero);
        Assert.That(read);
    }

    private static bool TryParse(ReadOnlySpan<byte> data, out int strings)
    {
        strings = 0;
        BencodeReader reader = new(data);
        if (!reader.TryEnterDictionary())
            return false;
        while (reader.TryReadKey(out _))
        {
            if (reader.TryEnterDictionary())
            {
                while (reader.TryReadKey(out _))
                {
                    if (!reader.TryReadString(out _))
                        return false;
                    strings++;
                }
                if (!reader.TryLeave())
                    return false;
                continue;
            }
            if (!reader.TryReadString(out _))
                return false;
            strings++;
        }
        return reader.TryLeave() && reader.IsAtEnd;
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
