using Discovery.Encoding.Dns;
using Discovery.Mdns;
using Discovery.Tests.Support;

namespace Discovery.Tests.Mdns;

/// <summary>Who is listened to, and on which link.</summary>
public sealed class MdnsNodeTests
{
    private static readonly PeerEndPoint Own = PeerEndPoint.Parse("10.0.0.1:5353");

    [TestCase("10.0.0.200:40000", true, 1)]
    [TestCase("169.254.7.7:40000", true, 1)]
    [TestCase("192.0.2.1:40000", true, 0, Description = "a forged address would get the answer")]
    [TestCase("192.0.2.1:5353", true, 1, Description = "by multicast")]
    [TestCase("192.0.2.1:5353", false, 0)]
    [TestCase("10.0.0.200:5353", false, 1)]
    [TestCase("10.0.0.200:0", true, 0)]
    [TestCase("[fe80::1]:5353", true, 0, Description = "another family")]
    public void Questions_are_answered_by_where_they_come_from(string source, bool viaMulticast, int answers)
    {
        MdnsNode node = Announced();
        node.Receive(Messages.Query("a.local.", DnsType.A), PeerEndPoint.Parse(source), 1, viaMulticast, TimeSpan.FromSeconds(10));
        Assert.That(Drain(node, TimeSpan.FromSeconds(11)), Has.Count.EqualTo(answers));
    }

    [Test]
    public void A_link_that_is_not_there_is_ignored()
    {
        MdnsNode node = Announced();
        node.Receive(Messages.Query("a.local.", DnsType.A), Messages.Stranger, 2, viaMulticast: true, TimeSpan.FromSeconds(10));
        Assert.That(Drain(node, TimeSpan.FromSeconds(11)), Is.Empty);
        Assert.That(() => node.AddLink(1, isIPv4: true, 2, [], TimeSpan.Zero), Throws.ArgumentException);
    }

    [Test]
    public void Unicast_answers_are_taken_for_two_seconds_after_the_question()
    {
        MdnsNode node = new(new() { HostLabel = "a" }, new Random(1));
        node.AddLink(1, isIPv4: true, 2, [new(Own, 24)], TimeSpan.Zero);
        node.Browse("_x._udp", null, TimeSpan.Zero);
        DnsName type = DnsName.Parse("_x._udp.local.");
        node.Receive(Messages.Response(DnsRecord.Pointer(type, type.Prepend("0"))), Messages.Stranger, 1, viaMulticast: false, TimeSpan.Zero);
        Assert.That(node.Browser.Count, Is.Zero, "nobody has asked yet");
        Drain(node, TimeSpan.FromSeconds(0.5));
        node.Receive(Messages.Response(DnsRecord.Pointer(type, type.Prepend("1"))), Messages.Stranger.WithPort(5354), 1, viaMulticast: true, TimeSpan.FromSeconds(1));
        Assert.That(node.Browser.Count, Is.Zero, "6: from another port");
        node.Receive(Messages.Response(DnsRecord.Pointer(type, type.Prepend("2"))), Messages.Stranger, 1, viaMulticast: false, TimeSpan.FromSeconds(2));
        Assert.That(node.Browser.Count, Is.EqualTo(1));
        node.Receive(Messages.Response(DnsRecord.Pointer(type, type.Prepend("3"))), Messages.Stranger, 1, viaMulticast: false, TimeSpan.FromSeconds(2.6));
        Assert.That(node.Browser.Count, Is.EqualTo(1));
    }

    [Test]
    public void On_a_shared_port_no_unicast_is_asked_for()
    {
        MdnsNode node = new(new() { HostLabel = "a" }, new Random(1)) { IsPortShared = true };
        node.AddLink(1, isIPv4: true, 2, [new(Own, 24)], TimeSpan.Zero);
        node.Browse("_x._udp", null, TimeSpan.Zero);
        node.Publish(new() { Instance = "i", Type = "_x._udp", Port = 1 }, TimeSpan.Zero);
        List<string[]> sent = Drain(node, TimeSpan.FromSeconds(0.4));
        Assert.That(sent.SelectMany(static lines => lines), Has.Some.EqualTo("Q _x._udp.local. Ptr").And.Some.EqualTo("Q a.local. Any").And.None.EndWith(" QU"));
    }

    [Test]
    public void What_others_say_to_each_other_costs_no_memory()
    {
        MdnsNode node = Announced();
        ServiceBrowse browse = node.Browse("_x._udp", null, TimeSpan.FromSeconds(3));
        DnsName type = DnsName.Parse("_y._tcp.local."), instance = type.Prepend("Another"), host = DnsName.Parse("b.local.");
        byte[][] talk =
        [
            Messages.Query("_y._tcp.local.", known: DnsRecord.Pointer(type, instance)),
            Messages.Response(DnsRecord.Pointer(type, instance), DnsRecord.Service(instance, 1, host), DnsRecord.Raw(instance, DnsType.Txt, [0]), DnsRecord.Address(host, Own)),
        ];
        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
                node.Receive(talk[i & 1], Messages.Stranger, 1, viaMulticast: true, TimeSpan.FromSeconds(4));
        });
        Assert.That(allocated, Is.Zero);
        Assert.That(node.Browser.Count + browse.Services.Count, Is.Zero);
    }

    [Test]
    public void Our_own_datagram_is_dropped_once()
    {
        EchoFilter filter = new();
        filter.NoteSent("abc"u8, TimeSpan.Zero);
        Assert.That(filter.IsEcho("abd"u8, TimeSpan.Zero), Is.False);
        Assert.That(filter.IsEcho("abc"u8, TimeSpan.Zero));
        Assert.That(filter.IsEcho("abc"u8, TimeSpan.Zero), Is.False, "the same of another program on this host");
        filter.NoteSent("abc"u8, TimeSpan.Zero);
        Assert.That(filter.IsEcho("abc"u8, TimeSpan.FromSeconds(2)), Is.False);
    }

    [Test]
    public void Two_links_to_one_network_do_not_fight_each_other()
    {
        MdnsNode node = new(new() { HostLabel = "a" }, new Random(1));
        PeerEndPoint other = PeerEndPoint.Parse("10.0.0.2:5353");
        node.AddLink(1, isIPv4: true, 2, [new(Own, 24)], TimeSpan.Zero);
        node.AddLink(2, isIPv4: true, 3, [new(other, 24)], TimeSpan.Zero);
        PublishedService service = node.Publish(new() { Instance = "i", Type = "_x._udp", Port = 1 }, TimeSpan.Zero);
        byte[] buffer = new byte[1440];
        for (TimeSpan now = TimeSpan.Zero; now < TimeSpan.FromSeconds(5); now += TimeSpan.FromMilliseconds(10))
        {
            node.HandleTimeout(now);
            for (int length; (length = node.PollTransmit(buffer, now, out _, out int link)) > 0;)
                foreach (int receiver in (int[])[1, 2])
                    node.Receive(buffer.AsSpan(0, length), link == 1 ? Own : other, receiver, viaMulticast: true, now);
        }
        Assert.That((node.HostName, service.Label, node.IsAnnounced(service)), Is.EqualTo(("a.local.", "i", true)));
    }

    [TestCase("10.0.0.1", 24, "10.0.0.255", true)]
    [TestCase("10.0.0.1", 24, "10.0.1.0", false)]
    [TestCase("10.0.0.1", 32, "10.0.0.1", true)]
    [TestCase("10.0.0.1", 32, "10.0.0.2", false)]
    [TestCase("10.0.0.1", 0, "192.0.2.1", true)]
    [TestCase("2001:db8::1", 64, "2001:db8::ffff:1", true)]
    [TestCase("2001:db8::1", 64, "2001:db8:0:1::1", false)]
    [TestCase("2001:db8::1", 128, "2001:db8::1", true)]
    [TestCase("2001:db8::1", 128, "2001:db8::2", false)]
    [TestCase("2001:db8::1", 64, "10.0.0.1", false)]
    public void A_prefix_covers_its_addresses(string own, int prefix, string other, bool expected) =>
        Assert.That(new LinkAddress(new(System.Net.IPAddress.Parse(own), 0), prefix).Covers(new(System.Net.IPAddress.Parse(other), 5353)), Is.EqualTo(expected));

    private static MdnsNode Announced()
    {
        MdnsNode node = new(new() { HostLabel = "a", IsHostLabelUnique = true }, new Random(1));
        node.AddLink(1, isIPv4: true, 2, [new(Own, 24)], TimeSpan.Zero);
        node.Publish(new() { Instance = "i", Type = "_x._udp", Port = 1, IsInstanceUnique = true }, TimeSpan.Zero);
        Drain(node, TimeSpan.FromSeconds(1));
        Drain(node, TimeSpan.FromSeconds(2.5));
        return node;
    }

    private static List<string[]> Drain(MdnsNode node, TimeSpan now)
    {
        List<string[]> sent = [];
        byte[] buffer = new byte[1440];
        node.HandleTimeout(now);
        for (int length; (length = node.PollTransmit(buffer, now, out _, out _)) > 0;)
            sent.Add(Dump.Lines(buffer.AsSpan(0, length)));
        return sent;
    }
}
