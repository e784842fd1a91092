using System.Text.Json;
using Discovery.Encoding;
using Discovery.Tests.Support;

namespace Discovery.Tests.Encoding;

public sealed class BencodeTests
{
    [Test]
    public void Every_vector_gets_its_verdict()
    {
        int seen = 0;
        foreach ((byte[] input, BencodeError expected, JsonElement vector) in ReadVectors())
        {
            string message = vector.ToString();
            Bencode.Validate(input, BencodeStrictness.Canonical, out BencodeError canonical, Bencode.MaxDepth);
            // Endless open lists are refused for their depth before their end is reached.
            Assert.That(canonical, input.Length >= 200_000 ? Is.EqualTo(BencodeError.TooDeep) : Is.EqualTo(expected), message);
            bool lenient = Bencode.Validate(input, BencodeStrictness.Lenient, out _, Bencode.MaxDepth);
            Assert.That(lenient, Is.EqualTo(expected is BencodeError.None or BencodeError.NotCanonical or BencodeError.IntegerOverflow), message);
            BencodeReader reader = new(input, Bencode.MaxDepth);
            Assert.That(reader.TrySkip() && reader.IsAtEnd, Is.EqualTo(lenient), message);
            seen++;
        }
        Assert.That(seen, Is.EqualTo(170));
    }

    [TestCase(0, 0)]
    [TestCase(1, 1)]
    [TestCase(100, 100)]
    [TestCase(1024, 1024)]
    [TestCase(2048, 2048)]
    public void Depth_is_allowed_up_to_the_limit(int depth, int limit)
    {
        byte[] lists = [.. Enumerable.Repeat((byte)'l', depth), .. "0:"u8, .. Enumerable.Repeat((byte)'e', depth)];
        byte[] dictionaries = [.. Enumerable.Repeat("d1:a"u8.ToArray(), depth).SelectMany(b => b), .. "0:"u8, .. Enumerable.Repeat((byte)'e', depth)];
        foreach (byte[] value in (byte[][])[lists, dictionaries])
        {
            Assert.That(Bencode.Validate(value, BencodeStrictness.Canonical, out _, limit));
            Assert.That(new BencodeReader(value, limit).TrySkip());
            if (depth == 0)
                continue;
            Assert.That(Bencode.Validate(value, BencodeStrictness.Lenient, out BencodeError error, limit - 1), Is.False);
            Assert.That(error, Is.EqualTo(BencodeError.TooDeep));
        }
    }

    [TestCase(-1)]
    [TestCase(2049)]
    public void A_limit_out_of_range_is_an_argument_error(int limit)
    {
        Assert.That(() => Bencode.Validate("le"u8, BencodeStrictness.Lenient, out _, limit), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new BencodeReader("le"u8, limit).IsAtEnd, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_million_mutants_get_the_verdict_of_a_second_parser()
    {
        byte[][] seeds = [.. ReadVectors().Select(v => v.Input).Where(i => i.Length is > 0 and < 300)];
        Random random = new(20250101);
        byte[] mutant = new byte[320];
        long allocated = Allocations.Of(() =>
        {
            for (int round = 0; round < 1_000_000 / Allocations.Runs; round++)
            {
                ReadOnlySpan<byte> input = mutant.AsSpan(0, Mutate(seeds[random.Next(seeds.Length)], mutant, random));
                Bencode.Validate(input, BencodeStrictness.Canonical, out BencodeError error);
                BencodeError expected = ReferenceBencode.Verdict(input);
                if (error != expected)
                    Assert.Fail($"{Convert.ToHexString(input)}: {error}, not {expected}");
                BencodeReader reader = new(input);
                bool lenient = reader.TrySkip() && reader.IsAtEnd;
                if (lenient != expected is BencodeError.None or BencodeError.NotCanonical or BencodeError.IntegerOverflow)
                    Assert.Fail($"{Convert.ToHexString(input)}: skipped {lenient}, but {expected}");
            }
        });
        Assert.That(allocated, Is.Zero);
    }

    private static int Mutate(byte[] seed, byte[] mutant, Random random)
    {
        ReadOnlySpan<byte> alphabet = "0123456789-:ildeaz"u8;
        seed.CopyTo(mutant, 0);
        int length = seed.Length;
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(length);
            switch (random.Next(5))
            {
                case 0 when length > 1: // cut the end off
                    length = at == 0 ? 1 : at;
                    break;
                case 1 when length < mutant.Length: // insert
                    mutant.AsSpan(at, length - at).CopyTo(mutant.AsSpan(at + 1));
                    mutant[at] = alphabet[random.Next(alphabet.Length)];
                    length++;
                    break;
                case 2 when length > 1: // delete
                    mutant.AsSpan(at + 1, length - at - 1).CopyTo(mutant.AsSpan(at));
                    length--;
                    break;
                case 3:
                    mutant[at] ^= (byte)(1 << random.Next(8));
                    break;
                default:
                    mutant[at] = alphabet[random.Next(alphabet.Length)];
                    break;
            }
        }
        return length;
    }

    private static IEnumerable<(byte[] Input, BencodeError Expected, JsonElement Vector)> ReadVectors()
    {
        foreach (JsonElement vector in Vectors.Load("bencode").Items("vectors"))
        {
            byte[] input = vector.TryGetProperty("input_repeat", out JsonElement repeat)
                ? [.. Enumerable.Repeat(repeat.Hex("unit_hex"), repeat.GetProperty("repeat").GetInt32()).SelectMany(b => b)]
                : vector.Hex("input_hex");
            yield return (input, vector.Text("class") switch
            {
                "ok" => BencodeError.None,
                "noncanonical" => BencodeError.NotCanonical,
                "int64_overflow" => BencodeError.IntegerOverflow,
                "trailing" => BencodeError.TrailingBytes,
                _ => BencodeError.Malformed,
            }, vector);
        }
    }
}
