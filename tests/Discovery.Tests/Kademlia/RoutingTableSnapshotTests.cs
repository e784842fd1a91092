using System.Buffers.Binary;
using Discovery.Encoding;
using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class RoutingTableSnapshotTests
{
    private static readonly NodeId Id4 = NodeId.CreateRandom(new Random(1)), Id6 = NodeId.CreateRandom(new Random(2));

    [Test]
    public void ReadsWhatItWrote([Values(0, 1, 40, RoutingTableSnapshot.MaxNodes)] int count)
    {
        SnapshotNode[] nodes = Nodes(count);
        byte[] file = Write(nodes);
        Assert.That(Bencode.Validate(file, BencodeStrictness.Canonical, out BencodeError error), Is.True, $"{error}");
        SnapshotNode[] read = new SnapshotNode[RoutingTableSnapshot.MaxNodes];
        Assert.That(RoutingTableSnapshot.TryRead(file, read, out int found, out NodeId id4, out NodeId id6), Is.True);
        Assert.That((id4, id6), Is.EqualTo((Id4, Id6)));
        Assert.That(read[..found], Is.EqualTo(nodes.Where(node => node.EndPoint.IsIPv4).Concat(nodes.Where(node => !node.EndPoint.IsIPv4))));
    }

    [Test]
    public void KeepsTheBestOfTooManyAndReadsNoMoreThanThereIsRoomFor()
    {
        SnapshotNode[] nodes = Nodes(1000);
        byte[] file = Write(nodes);
        Assert.That(file, Is.EqualTo(Write(nodes[..RoutingTableSnapshot.MaxNodes])));
        Assert.That(file, Has.Length.LessThan(RoutingTableSnapshot.MaxSize));
        SnapshotNode[] read = new SnapshotNode[3];
        Assert.That(RoutingTableSnapshot.TryRead(file, read, out int found, out _, out _), Is.True);
        Assert.That(found, Is.EqualTo(3));
        Assert.That(read[0], Is.EqualTo(nodes.First(node => node.EndPoint.IsIPv4)));
        Assert.That(RoutingTableSnapshot.Write(new byte[100], nodes, Id4, Id6), Is.Zero);
    }

    [Test]
    public void ATornFileIsRefused()
    {
        byte[] file = Write(Nodes(40));
        for (int length = 0; length < file.Length; length++)
            Assert.That(IsReadable(file[..length]), Is.False, $"{length} bytes");
        Assert.That(IsReadable([.. file, 0]), Is.False);
        // A tail of zeros is what some file systems leave after a crash.
        byte[] zeros = [.. file];
        zeros.AsSpan(file.Length / 2).Clear();
        Assert.That(IsReadable(zeros), Is.False);
    }

    [Test]
    public void AnyFlippedBitIsRefused()
    {
        byte[] file = Write(Nodes(20));
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.That(IsReadable(file), Is.False, $"bit {bit}");
            file[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.That(IsReadable(file), Is.True);
    }

    [TestCase("2:id20:{id}3:id620:{id}5:nodes0:6:nodes60:7:versioni1ee", true)]
    [TestCase("2:id20:{id}3:id620:{id}5:nodes0:6:nodes60:4:morel1:ae7:versioni1ee", true, Description = "what a later version adds")]
    [TestCase("2:id20:{id}3:id620:{id}5:nodes0:6:nodes60:7:versioni2ee", false)]
    [TestCase("2:id20:{id}3:id620:{id}5:nodes0:6:nodes60:e", false)]
    [TestCase("2:id19:{id3:id620:{id}5:nodes0:6:nodes60:7:versioni1ee", false)]
    [TestCase("2:id20:{id}3:id620:{id}5:nodes1:x6:nodes60:7:versioni1ee", false)]
    [TestCase("2:id20:{id}3:id620:{id}5:nodesi1e6:nodes60:7:versioni1ee", false)]
    [TestCase("7:versioni1ee", false)]
    public void TheContentIsCheckedEvenWhenTheSumIsRight(string rest, bool readable)
    {
        byte[] body = System.Text.Encoding.Latin1.GetBytes(rest.Replace("{id}", "abcdefghijklmnopqrst"));
        Assert.That(IsReadable(Seal(body)), Is.EqualTo(readable));
    }

    [Test]
    public void NodesThatCannotBeReachedAreLeftOut()
    {
        SnapshotNode[] nodes = [new(Id4, PeerEndPoint.Parse("1.2.3.4:0")), new(Id4, PeerEndPoint.Parse("224.0.0.1:5")), new(Id4, PeerEndPoint.Parse("1.2.3.4:5"))];
        SnapshotNode[] read = new SnapshotNode[3];
        Assert.That(RoutingTableSnapshot.TryRead(Write(nodes), read, out int found, out _, out _), Is.True);
        Assert.That(read[..found], Is.EqualTo(nodes[2..]));
    }

    [Test]
    public void TooMuchIsRefused()
    {
        string tooMany = $"2:id20:{new string('a', 20)}3:id620:{new string('a', 20)}5:nodes{26 * 513}:{new string('a', 26 * 513)}6:nodes60:7:versioni1ee";
        Assert.That(IsReadable(Seal(System.Text.Encoding.Latin1.GetBytes(tooMany))), Is.False);
        string tooLong = $"2:id20:{new string('a', 20)}3:id620:{new string('a', 20)}4:more65536:{new string('a', 65536)}5:nodes0:6:nodes60:7:versioni1ee";
        Assert.That(IsReadable(Seal(System.Text.Encoding.Latin1.GetBytes(tooLong))), Is.False);
    }

    private static byte[] Seal(byte[] body)
    {
        byte[] checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32C.Compute(body));
        return [.. "d8:checksum4:"u8, .. checksum, .. body];
    }

    private static bool IsReadable(byte[] file) => RoutingTableSnapshot.TryRead(file, new SnapshotNode[RoutingTableSnapshot.MaxNodes], out _, out _, out _);

    private static byte[] Write(SnapshotNode[] nodes)
    {
        byte[] file = new byte[RoutingTableSnapshot.MaxSize];
        return file[..RoutingTableSnapshot.Write(file, nodes, Id4, Id6)];
    }

    private static SnapshotNode[] Nodes(int count)
    {
        Random random = new(3);
        return [.. Enumerable.Range(1, count).Select(i => new SnapshotNode(NodeId.CreateRandom(random), i % 3 == 0
            ? PeerEndPoint.Parse($"[2001:db8::{i:x}]:{i}")
            : new PeerEndPoint(0x50000000u + (uint)i, (ushort)i)))];
    }
}
