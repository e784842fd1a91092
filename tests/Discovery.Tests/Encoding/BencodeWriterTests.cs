using Discovery.Encoding;
using Discovery.Tests.Support;

namespace Discovery.Tests.Encoding;

public sealed class BencodeWriterTests
{
    [TestCase(0, "i0e")]
    [TestCase(-7, "i-7e")]
    [TestCase(long.MaxValue, "i9223372036854775807e")]
    [TestCase(long.MinValue, "i-9223372036854775808e")]
    public void Integers_are_written(long value, string expected)
    {
        BencodeWriter writer = new(new byte[32]);
        writer.WriteInteger(value);
        Assert.That(Text(writer), Is.EqualTo(expected));
    }

    [TestCase(0)]
    [TestCase(9)]
    [TestCase(10)]
    [TestCase(99)]
    [TestCase(100)]
    [TestCase(1000)]
    public void Strings_are_written(int length)
    {
        string content = new('x', length);
        BencodeWriter writer = new(new byte[1100]);
        writer.WriteString(System.Text.Encoding.ASCII.GetBytes(content));
        Assert.That(Text(writer), Is.EqualTo($"{length}:{content}"));
    }

    [Test]
    public void Reserved_room_is_filled_in_place()
    {
        BencodeWriter writer = new(new byte[8]);
        "abc"u8.CopyTo(writer.ReserveString(3));
        Assert.That(Text(writer), Is.EqualTo("3:abc"));
        Assert.That(writer.ReserveString(2).IsEmpty);
        Assert.That(writer.Overflowed);
        Assert.That(() => new BencodeWriter([]).ReserveString(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void What_does_not_fit_is_flagged_and_nothing_is_written_past_the_end()
    {
        byte[] whole = new byte[64];
        BencodeWriter reference = new(whole);
        WriteSample(ref reference);
        Assert.That(reference.Overflowed, Is.False);
        for (int size = 0; size < 64; size++)
        {
            byte[] room = new byte[64];
            BencodeWriter writer = new(room.AsSpan(0, size));
            WriteSample(ref writer);
            Assert.That(writer.Overflowed, Is.EqualTo(size < reference.Length), $"{size} bytes");
            Assert.That(writer.Length, Is.AtMost(size));
            Assert.That(room.AsSpan(size).ContainsAnyExcept((byte)0), Is.False);
            Assert.That(writer.Written.SequenceEqual(whole.AsSpan(0, writer.Length)), $"{size} bytes");
        }
    }

    [Test]
    public void Truncation_goes_back_to_before_an_overflow()
    {
        BencodeWriter writer = new(new byte[4]);
        writer.BeginDictionary();
        int mark = writer.Length;
        writer.WriteString("long"u8);
        writer.End();
        Assert.That(writer.Overflowed);
        writer.Truncate(mark);
        writer.End();
        Assert.That(Text(writer), Is.EqualTo("de"));
        Assert.That(writer.Overflowed, Is.False);
        Assert.That(() => new BencodeWriter(new byte[1]).Truncate(1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Random_trees_round_trip()
    {
        Random random = new(44);
        byte[] first = new byte[1 << 16], second = new byte[1 << 16];
        for (int round = 0; round < 2000; round++)
        {
            BencodeWriter writer = new(first);
            WriteTree(ref writer, random, depth: 0);
            Assert.That(writer.Overflowed, Is.False);
            Assert.That(Bencode.Validate(writer.Written, BencodeStrictness.Canonical, out BencodeError error), $"{error}: {Convert.ToHexString(writer.Written)}");

            BencodeReader reader = new(writer.Written);
            BencodeWriter copy = new(second);
            Assert.That(Copy(ref reader, ref copy));
            Assert.That(reader.IsAtEnd && copy.Written.SequenceEqual(writer.Written));
        }
    }

    [Test]
    public void Writing_does_not_allocate()
    {
        byte[] room = new byte[64];
        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                BencodeWriter writer = new(room);
                WriteSample(ref writer);
            }
        });
        Assert.That(allocated, Is.Zero);
    }

    private static void WriteSample(ref BencodeWriter writer)
    {
        writer.BeginDictionary();
        writer.WriteString("a"u8);
        writer.BeginList();
        writer.WriteInteger(-12);
        writer.WriteString(""u8);
        writer.End();
        writer.WriteRaw("1:v"u8);
        writer.WriteRaw("11:hello world"u8);
        writer.End();
    }

    private static void WriteTree(ref BencodeWriter writer, Random random, int depth)
    {
        switch (random.Next(depth > 5 ? 2 : 4))
        {
            case 0:
                writer.WriteInteger(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
                break;
            case 1:
                random.NextBytes(writer.ReserveString(random.Next(30)));
                break;
            case 2:
                writer.BeginList();
                for (int i = random.Next(5); i > 0; i--)
                    WriteTree(ref writer, random, depth + 1);
                writer.End();
                break;
            default:
                writer.BeginDictionary();
                for (int i = 0, count = random.Next(5); i < count; i++)
                {
                    // A growing first byte keeps the keys in order.
                    Span<byte> key = writer.ReserveString(random.Next(1, 5));
                    random.NextBytes(key);
                    key[0] = (byte)(i * 60);
                    WriteTree(ref writer, random, depth + 1);
                }
                writer.End();
                break;
        }
    }

    private static bool Copy(ref BencodeReader reader, ref BencodeWriter writer)
    {
        if (reader.TryReadInteger(out long integer))
        {
            writer.WriteInteger(integer);
            return true;
        }
        if (reader.TryReadString(out ReadOnlySpan<byte> text))
        {
            writer.WriteString(text);
            return true;
        }
        bool list = reader.TryEnterList();
        if (!list && !reader.TryEnterDictionary())
            return false;
        if (list)
            writer.BeginList();
        else
            writer.BeginDictionary();
        while (reader.NextType != BencodeType.End)
        {
            if (!Copy(ref reader, ref writer))
                return false;
        }
        writer.End();
        return reader.TryLeave();
    }

    private static string Text(BencodeWriter writer) => System.Text.Encoding.ASCII.GetString(writer.Written);
}
