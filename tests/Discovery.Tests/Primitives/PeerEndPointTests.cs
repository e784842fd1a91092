using System.Net;
using System.Net.Sockets;

namespace Discovery.Tests.Primitives;

public sealed class PeerEndPointTests
{
    [TestCase("127.0.0.1:6881", "7f0000011ae1")]
    [TestCase("0.0.0.0:0", "000000000000")]
    [TestCase("255.255.255.255:65535", "ffffffffffff")]
    [TestCase("[2001:db8::1]:6881", "20010db80000000000000000000000011ae1")]
    [TestCase("[::]:1", "000000000000000000000000000000000001")]
    public void Compact_form_and_text_round_trip(string text, string compact)
    {
        PeerEndPoint endPoint = PeerEndPoint.Parse(text);
        byte[] bytes = new byte[endPoint.CompactSize];
        Assert.That(endPoint.TryFormatCompact(bytes, out int written));
        Assert.That(written, Is.EqualTo(bytes.Length));
        Assert.That(Convert.ToHexStringLower(bytes), Is.EqualTo(compact));
        Assert.That(PeerEndPoint.TryParseCompact(bytes, out PeerEndPoint read));
        Assert.That(read, Is.EqualTo(endPoint));
        Assert.That(read.GetHashCode(), Is.EqualTo(endPoint.GetHashCode()));
        Assert.That(read.ToString(), Is.EqualTo(text));
        Assert.That($"{read}", Is.EqualTo(text));
        Assert.That(endPoint.TryFormatCompact(bytes.AsSpan(1), out written), Is.False);
        Assert.That(written, Is.Zero);
        Assert.That(endPoint.TryFormat(new char[3], out _), Is.False);
        IPEndPoint bcl = endPoint.ToIPEndPoint();
        Assert.That(bcl, Is.EqualTo(IPEndPoint.Parse(text)));
        Assert.That(PeerEndPoint.FromIPEndPoint(bcl), Is.EqualTo(endPoint));
        Assert.That(endPoint.AddressFamily, Is.EqualTo(bcl.AddressFamily));
    }

    [TestCase("")]
    [TestCase("127.0.0.1")]
    [TestCase("127.0.0.1:")]
    [TestCase("127.0.0.1:65536")]
    [TestCase("127.0.0.1:-1")]
    [TestCase("127.0.0.1: 1")]
    [TestCase("127.1:1")]
    [TestCase("1:1")]
    [TestCase("2001:db8::1:6881")]
    [TestCase("[127.0.0.1]:1")]
    [TestCase("[]:1")]
    [TestCase("host:1")]
    [TestCase(":1")]
    public void Other_text_is_refused(string text)
    {
        Assert.That(PeerEndPoint.TryParse(text, null, out _), Is.False);
        Assert.That(() => PeerEndPoint.Parse(text), Throws.TypeOf<FormatException>());
    }

    [TestCase(0)]
    [TestCase(5)]
    [TestCase(7)]
    [TestCase(17)]
    [TestCase(19)]
    public void Other_compact_lengths_are_refused(int length) => Assert.That(PeerEndPoint.TryParseCompact(new byte[length], out _), Is.False);

    [Test]
    public void A_mapped_address_is_the_IPv4_address()
    {
        PeerEndPoint mapped = new(IPAddress.Parse("::ffff:192.0.2.1"), 5), plain = new(IPAddress.Parse("192.0.2.1"), 5);
        Assert.That(mapped, Is.EqualTo(plain));
        Assert.That(mapped, Is.EqualTo(new PeerEndPoint(0xC0000201, 5)));
        Assert.That(mapped.IsIPv4);
        Assert.That(mapped.AddressFamily, Is.EqualTo(AddressFamily.InterNetwork));
        PeerEndPoint.TryParseCompact([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1, 0, 5], out PeerEndPoint compact);
        Assert.That(compact, Is.EqualTo(plain));
    }

    [TestCase("192.0.2.1:1", true)]
    [TestCase("1.0.0.0:1", true)]
    [TestCase("223.255.255.255:1", true)]
    [TestCase("127.0.0.1:1", true)]
    [TestCase("192.0.2.1:0", false)]
    [TestCase("0.0.0.0:1", false)]
    [TestCase("0.1.2.3:1", false)]
    [TestCase("224.0.0.1:1", false)]
    [TestCase("240.0.0.1:1", false)]
    [TestCase("255.255.255.255:1", false)]
    [TestCase("[2001:db8::1]:1", true)]
    [TestCase("[::1]:1", true)]
    [TestCase("[fe80::1]:1", true)]
    [TestCase("[2001:db8::1]:0", false)]
    [TestCase("[::]:1", false)]
    [TestCase("[ff02::1]:1", false)]
    [TestCase("[::ffff:224.0.0.1]:1", false)]
    public void Unicast_addresses_are_told(string text, bool unicast) => Assert.That(PeerEndPoint.Parse(text).IsUnicast, Is.EqualTo(unicast));

    [TestCase("127.255.255.255:1", true)]
    [TestCase("10.0.0.1:1", true)]
    [TestCase("11.0.0.1:1", false)]
    [TestCase("172.15.255.255:1", false)]
    [TestCase("172.16.0.0:1", true)]
    [TestCase("172.31.255.255:1", true)]
    [TestCase("172.32.0.0:1", false)]
    [TestCase("192.168.0.1:1", true)]
    [TestCase("192.169.0.1:1", false)]
    [TestCase("169.254.0.1:1", true)]
    [TestCase("100.63.255.255:1", false)]
    [TestCase("100.64.0.0:1", true)]
    [TestCase("100.127.255.255:1", true)]
    [TestCase("100.128.0.0:1", false)]
    [TestCase("8.8.8.8:1", false)]
    [TestCase("[::1]:1", true)]
    [TestCase("[::2]:1", false)]
    [TestCase("[fc00::1]:1", true)]
    [TestCase("[fdff::1]:1", true)]
    [TestCase("[fe80::1]:1", true)]
    [TestCase("[febf::1]:1", true)]
    [TestCase("[fec0::1]:1", false)]
    [TestCase("[2001:db8::1]:1", false)]
    [TestCase("[::ffff:10.0.0.1]:1", true)]
    public void Private_addresses_are_told(string text, bool isPrivate) => Assert.That(PeerEndPoint.Parse(text).IsPrivate, Is.EqualTo(isPrivate));

    [TestCase("192.0.2.200:7", "192.0.2.0:0")]
    [TestCase("[2001:db8:1:2:3:4:5:6]:7", "[2001:db8:1:2::]:0")]
    public void The_subnet_is_a_24_or_a_64(string text, string subnet) => Assert.That(PeerEndPoint.Parse(text).SubnetKey, Is.EqualTo(PeerEndPoint.Parse(subnet)));

    [Test]
    public void The_port_can_be_changed_and_left_out()
    {
        PeerEndPoint endPoint = PeerEndPoint.Parse("192.0.2.1:7");
        Assert.That(endPoint.WithPort(8), Is.EqualTo(PeerEndPoint.Parse("192.0.2.1:8")));
        Assert.That(endPoint.AddressKey, Is.EqualTo(endPoint.WithPort(0)));
        Assert.That(endPoint != endPoint.WithPort(9));
        Assert.That(() => endPoint.WithPort(65536), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => endPoint.WithPort(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_link_local_address_keeps_its_scope()
    {
        PeerEndPoint endPoint = new(new IPAddress(IPAddress.Parse("fe80::1").GetAddressBytes(), 3), 7);
        Assert.That(endPoint.Address.ScopeId, Is.EqualTo(3));
        Assert.That(endPoint, Is.Not.EqualTo(PeerEndPoint.Parse("[fe80::1]:7")));
        Assert.That(PeerEndPoint.Parse(endPoint.ToString()), Is.EqualTo(endPoint));
    }

    [TestCase(65535, 65535)]
    [TestCase(70011, 0)]
    public void A_scope_that_cannot_be_kept_is_none_rather_than_another(long scope, long kept)
    {
        PeerEndPoint endPoint = new(new IPAddress(IPAddress.Parse("fe80::1").GetAddressBytes(), scope), 7);
        Assert.That(endPoint.Address.ScopeId, Is.EqualTo(kept));
    }
}
