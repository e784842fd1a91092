using System.Numerics;
using System.Text.Json;
using Discovery.Tests.Support;

namespace Discovery.Tests.Primitives;

public sealed class NodeIdTests
{
    [Test]
    public void Common_bits_are_counted()
    {
        JsonElement file = Vectors.Load("kademlia");
        foreach (JsonElement vector in file.Items("common_bits"))
            Assert.That(NodeId.CommonPrefixLength(Id(vector, "a"), Id(vector, "b")), Is.EqualTo(vector.GetProperty("common_bits").GetInt32()));
        foreach (JsonElement vector in file.Items("distance_exp"))
        {
            NodeId a = Id(vector, "a"), b = Id(vector, "b");
            Assert.That(NodeId.CommonPrefixLength(a, b), Is.EqualTo(vector.GetProperty("common_prefix_bits").GetInt32()));
            Assert.That(NodeId.Distance(a, b), Is.EqualTo(Id(vector, "xor")));
        }
        foreach (JsonElement vector in file.Items("mainline_distance"))
            Assert.That(NodeId.Bits - NodeId.CommonPrefixLength(Id(vector, "a"), Id(vector, "b")), Is.EqualTo(vector.GetProperty("bit_length_of_xor").GetInt32()));
    }

    [Test]
    public void Distances_are_compared()
    {
        foreach (JsonElement vector in Vectors.Load("kademlia").Items("xor_compare"))
        {
            int expected = vector.GetProperty("cmp").GetInt32();
            Assert.That(int.Sign(Id(vector, "target").CompareDistance(Id(vector, "a"), Id(vector, "b"))), Is.EqualTo(expected));
        }
    }

    [Test]
    public void Ids_are_ordered_by_distance()
    {
        int seen = 0;
        // The file has 256-bit ids too, for other tables.
        foreach (JsonElement vector in Vectors.Load("kademlia").Items("random_xor_order").Where(v => v.GetProperty("bits").GetInt32() == NodeId.Bits))
        {
            NodeId target = Id(vector, "target");
            NodeId[] ids = Ids(vector, "ids");
            Assert.That(ids.Select(id => NodeId.CommonPrefixLength(target, id)), Is.EqualTo(vector.Items("bucket_index_common_prefix").Select(i => i.GetInt32())));
            Array.Sort(ids, (a, b) => target.CompareDistance(a, b));
            Assert.That(ids, Is.EqualTo(Ids(vector, "expected_order")));
            seen++;
        }
        Assert.That(seen, Is.Positive);
    }

    [Test]
    public void The_closest_of_a_hundred_are_found()
    {
        JsonElement closest = Vectors.Load("kademlia").GetProperty("mainline_closest");
        foreach (JsonElement vector in closest.Items("cases"))
        {
            NodeId target = Id(vector, "target");
            IEnumerable<NodeId> sorted = Ids(closest, "ids").Order(Comparer<NodeId>.Create((a, b) => target.CompareDistance(a, b)));
            Assert.That(sorted.Take(20), Is.EqualTo(Ids(vector, "expected_by_xor_distance_over_full_list")));
        }
    }

    [Test]
    public void Distance_is_a_metric_that_agrees_with_big_integers()
    {
        Random random = new(160);
        for (int i = 0; i < 10_000; i++)
        {
            NodeId a = Near(random), b = Near(random), c = Near(random);
            BigInteger distance = Number(a) ^ Number(b);
            Assert.That(Number(NodeId.Distance(a, b)), Is.EqualTo(distance));
            Assert.That(NodeId.CommonPrefixLength(a, b), Is.EqualTo(NodeId.Bits - (int)distance.GetBitLength()));
            Assert.That(int.Sign(c.CompareDistance(a, b)), Is.EqualTo(((Number(a) ^ Number(c)) - (Number(b) ^ Number(c))).Sign));
            Assert.That(int.Sign(a.CompareTo(b)), Is.EqualTo((Number(a) - Number(b)).Sign));
            Assert.That((a < b, a <= b, a > b, a >= b), Is.EqualTo((a.CompareTo(b) < 0, a.CompareTo(b) <= 0, a.CompareTo(b) > 0, a.CompareTo(b) >= 0)));
        }
    }

    [Test]
    public void A_random_id_shares_exactly_the_prefix()
    {
        Random random = new(5);
        for (int prefix = 0; prefix <= NodeId.Bits; prefix++)
        {
            bool[] seen = new bool[NodeId.Bits];
            for (int i = 0; i < 64; i++)
            {
                NodeId id = NodeId.CreateRandom(random), other = id.RandomAtPrefix(prefix, random);
                Assert.That(NodeId.CommonPrefixLength(id, other), Is.EqualTo(prefix));
                for (int bit = 0; bit < NodeId.Bits; bit++)
                    seen[bit] |= id.Bit(bit) != other.Bit(bit);
            }
            // What follows the prefix is noise: in 64 draws every bit differs at least once.
            Assert.That(seen, Is.EqualTo(Enumerable.Range(0, NodeId.Bits).Select(bit => bit >= prefix)));
        }
    }

    [Test]
    public void Bits_are_counted_from_the_most_significant()
    {
        NodeId id = NodeId.CreateRandom(new Random(9));
        BigInteger number = Number(id);
        for (int i = 0; i < NodeId.Bits; i++)
            Assert.That(id.Bit(i), Is.EqualTo((number >> (NodeId.Bits - 1 - i) & 1) == 1));
    }

    [Test]
    public void Text_and_bytes_round_trip()
    {
        NodeId id = NodeId.CreateRandom(new Random(1));
        byte[] bytes = id.ToArray();
        Assert.That(new NodeId(bytes), Is.EqualTo(id));
        Assert.That(NodeId.TryParse(bytes, out NodeId read) && read == id && read.GetHashCode() == id.GetHashCode());
        Assert.That(id.ToString(), Is.EqualTo(Convert.ToHexStringLower(bytes)));
        Assert.That(NodeId.Parse(id.ToString().ToUpperInvariant()), Is.EqualTo(id));
        Assert.That($"{id}", Is.EqualTo(id.ToString()));
        Assert.That(id.TryFormat(new byte[19]), Is.False);
        Assert.That(id.TryFormat(new char[39], out _), Is.False);
        Assert.That(id != NodeId.Zero);
    }

    [TestCase("")]
    [TestCase("00")]
    [TestCase("000000000000000000000000000000000000000g")]
    [TestCase("00000000000000000000000000000000000000000")]
    public void Other_text_is_refused(string text)
    {
        Assert.That(NodeId.TryParse(text, null, out _), Is.False);
        Assert.That(() => NodeId.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void Other_lengths_are_refused()
    {
        Assert.That(() => new NodeId(new byte[19]), Throws.ArgumentException);
        Assert.That(NodeId.TryParse(new byte[21], out NodeId _), Is.False);
    }

    /// <summary>Ids that often agree in many bits, so that every word takes part in the comparison.</summary>
    private static NodeId Near(Random random)
    {
        byte[] bytes = new byte[NodeId.Size];
        random.NextBytes(bytes.AsSpan(random.Next(NodeId.Size)));
        return new(bytes);
    }

    private static BigInteger Number(NodeId id) => new(id.ToArray(), isUnsigned: true, isBigEndian: true);

    private static NodeId Id(JsonElement element, string property) => NodeId.Parse(element.Text(property));

    private static NodeId[] Ids(JsonElement element, string property) => [.. element.Items(property).Select(i => NodeId.Parse(i.GetString()!))];
}
