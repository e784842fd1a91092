using System.Net;
using System.Text.Json;
using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

public sealed class SecureNodeIdTests
{
    [Test]
    public void ChecksumIsCrc32C()
    {
        foreach (JsonElement vector in Vectors.Load("crc32c").Items("vectors"))
            Assert.That(Crc32C.Compute(vector.Hex("input_hex")).ToString("x8"), Is.EqualTo(vector.Text("crc32c")), vector.Text("name"));
    }

    [Test]
    public void SpecifiedIdsAreValidAndCanBeMade()
    {
        JsonElement file = Vectors.Load("bep42_node_id");
        foreach (JsonElement vector in file.Items("spec").Concat(file.Items("ipv6")))
        {
            PeerEndPoint address = Address(vector);
            NodeId expected = NodeId.Parse(vector.Text("node_id"));
            Assert.That(SecureNodeId.IsValid(expected, address), Is.True, vector.Text("ip"));
            NodeId made = SecureNodeId.Create(address, new LastByte(vector.GetProperty("rand").GetByte()));
            Assert.That(made.High >> 43, Is.EqualTo(expected.High >> 43), vector.Text("ip"));
            Assert.That(made.LastByte, Is.EqualTo(expected.LastByte));
        }
        foreach (JsonElement vector in file.Items("generated_here"))
        {
            NodeId made = SecureNodeId.Create(Address(vector), new LastByte(vector.GetProperty("rand").GetByte()));
            Assert.That(made.High >> 43, Is.EqualTo(Convert.ToUInt64(vector.Text("prefix21_hex"), 16) >> 3), vector.Text("ip"));
        }
    }

    [Test]
    public void VerdictsAreThoseOfOtherImplementations()
    {
        foreach (JsonElement vector in Vectors.Load("bep42_node_id").Items("anacrolix_cases"))
            Assert.That(SecureNodeId.IsValid(NodeId.Parse(vector.Text("node_id")), Address(vector)), Is.EqualTo(vector.GetProperty("valid").GetBoolean()), vector.Text("ip"));
    }

    [Test]
    public void AnIdFitsItsAddressOnly()
    {
        Random random = new(1);
        for (int i = 0; i < 500; i++)
        {
            PeerEndPoint address = new(0x55000000u + (uint)random.Next(1 << 24), 1);
            NodeId id = SecureNodeId.Create(address, random);
            Assert.That(SecureNodeId.IsValid(id, address.WithPort(2)), Is.True);
            Assert.That(SecureNodeId.IsValid(id, new(address.IPv4Bits ^ 0x01000001, 1)), Is.False);
        }
    }

    [TestCase("127.0.0.1:1"), TestCase("10.1.2.3:1"), TestCase("[::1]:1"), TestCase("[fe80::1]:1")]
    public void LocalAddressesAreExempt(string address) => Assert.That(SecureNodeId.IsValid(NodeId.Zero, PeerEndPoint.Parse(address)), Is.True);

    private static PeerEndPoint Address(JsonElement vector) => new(IPAddress.Parse(vector.Text("ip")), 6881);

    /// <summary>Fills with zeros and ends with a given byte.</summary>
    private sealed class LastByte(byte value) : Random(0)
    {
        public override void NextBytes(Span<byte> buffer)
        {
            buffer.Clear();
            buffer[^1] = value;
        }
    }
}
