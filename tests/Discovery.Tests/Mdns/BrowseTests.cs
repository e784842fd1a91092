using System.Net;
using Discovery.Encoding.Dns;
using Discovery.Mdns;
using Discovery.Tests.Encoding.Dns;
using Discovery.Tests.Support;

namespace Discovery.Tests.Mdns;

/// <summary>What is asked, remembered and told (RFC 6762 5.2, 7.1 to 7.3, 10).</summary>
public sealed class BrowseTests
{
    private static readonly DnsName Type = DnsName.Parse("_x._udp.local."), Instance = Type.Prepend("One"), HostName = DnsName.Parse("h.local.");
    private static readonly DnsRecord Pointer = DnsRecord.Pointer(Type, Instance), Service = DnsRecord.Service(Instance, 80, HostName),
        Text = DnsRecord.Raw(Instance, DnsType.Txt, [0]), Address = DnsRecord.Address(HostName, PeerEndPoint.Parse("10.0.0.200:0"));

    [Test]
    public void A_search_asks_at_growing_intervals()
    {
        Bus bus = new();
        TimeSpan start = bus.Now;
        bus.Add("a").Browse();
        bus.Run(4 * 3600);
        double[] times = [.. bus.Log.Select(sent => (sent.At - start).TotalSeconds)];
        Assert.That(times[0], Is.InRange(0.02, 0.12));
        Assert.That(times.Zip(times.Skip(1), static (first, second) => second - first).Select(static gap => Math.Round(gap, 3)),
            Is.EqualTo((double[])[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]));
        Assert.That(bus.Log[0].Lines, Is.EqualTo((string[])["Q _x._udp.local. Ptr QU"]));
        Assert.That(bus.Log.Skip(1).Select(static sent => sent.Lines), Is.All.EqualTo((string[])["Q _x._udp.local. Ptr"]));
        Assert.That(Convert.ToHexString(bus.Log[0].Bytes), Is.EqualTo("000000000001000000000000" + "025F78045F756470056C6F63616C00" + "000C8001"));
    }

    [Test]
    public void What_is_known_is_said_with_the_question()
    {
        Bus bus = new();
        bus.Add("b").Publish("One");
        bus.Run(5);
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Log.Clear();
        bus.Run(20);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Found One b.local.:7777 10.0.0.1"]));
        string[][] asked = [.. bus.LogOf(bus.Hosts[1]).Select(static sent => sent.Lines)];
        Assert.That(asked[0], Is.EqualTo((string[])["Q _x._udp.local. Ptr QU"]));
        Assert.That(asked[1], Is.EqualTo((string[])["Q _x._udp.local. Ptr", "An _x._udp.local. Ptr 4499 One._x._udp.local."]));
        Assert.That(bus.LogOf(bus.Hosts[0]).Count(), Is.EqualTo(1), "the others need no answer");
    }

    [Test]
    public void Many_known_answers_go_into_several_datagrams()
    {
        Bus bus = new();
        Bus.Host asker = bus.Add("a");
        ServiceBrowse browse = asker.Browse();
        bus.Run(0.5);
        DnsRecord[] pointers = [.. Enumerable.Range(0, 200).Select(static i => DnsRecord.Pointer(Type, Type.Prepend($"A service with the number {i}")))];
        bus.Send(Messages.Response(4500, pointers), Messages.Stranger);
        bus.Log.Clear();
        bus.Run(4);
        List<Bus.Sent> asked = [.. bus.Log.Where(static sent => sent.Lines.Any(static line => line.StartsWith("An ", StringComparison.Ordinal)))];
        Assert.That(asked, Has.Count.GreaterThan(4));
        Assert.That(asked[0].Bytes[2] & 2, Is.EqualTo(2), "TC");
        Assert.That(asked.SelectMany(static sent => sent.Lines).Where(static line => line.StartsWith("An ", StringComparison.Ordinal)).Distinct().Count(), Is.GreaterThanOrEqualTo(200));
        Assert.That(asked.Count(static sent => sent.Lines.Contains("Q _x._udp.local. Ptr") && (sent.Bytes[2] & 2) == 0), Is.Zero);
        Assert.That(asker.Node.Browser.Count, Is.EqualTo(200));
        Assert.That(browse.Services, Is.Empty);
    }

    [Test]
    public void What_does_not_come_along_is_asked_for()
    {
        Bus bus = new();
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Run(0.5);
        bus.Log.Clear();
        bus.Send(Messages.Response(Pointer), Messages.Stranger);
        bus.Run(0.15);
        Assert.That(bus.Log.Single().Lines, Is.EqualTo((string[])["Q One._x._udp.local. Srv QU", "Q One._x._udp.local. Txt QU"]));
        bus.Send(Messages.Response(Service, Text), Messages.Stranger, bus.Hosts[0]);
        bus.Run(0.15);
        Assert.That(bus.Log[^1].Lines, Is.EqualTo((string[])["Q h.local. A QU", "Q h.local. Aaaa QU"]));
        Assert.That(Bus.Events(browse), Is.Empty);
        bus.Send(Messages.Response(Address), Messages.Stranger);
        bus.Run(0.1);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Found One h.local.:80 10.0.0.200"]));
        bus.Log.Clear();
        bus.Run(10);
        Assert.That(bus.Log.SelectMany(static sent => sent.Lines).Where(static line => line[0] == 'Q' && !line.Contains(" Ptr", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Records_come_in_any_order()
    {
        Bus bus = new();
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Run(0.5);
        bus.Send(Messages.Response(Address, Text, Service, Pointer), Messages.Stranger);
        bus.Run(0.01);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Found One h.local.:80 10.0.0.200"]));
    }

    [Test]
    public void What_is_needed_is_asked_for_again_before_its_life_is_over()
    {
        Bus bus = new();
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Run(0.5);
        bus.Send(Messages.Response(Address, Text, Service, Pointer), Messages.Stranger);
        TimeSpan start = bus.Now + TimeSpan.FromMilliseconds(1);
        bus.Run(0.01);
        bus.Log.Clear();
        bus.Run(119);
        double[] times = [.. bus.Log.Where(static sent => sent.Lines.Contains("Q h.local. A")).Select(sent => (sent.At - start) / TimeSpan.FromSeconds(120) * 100)];
        Assert.That(times, Has.Length.EqualTo(4));
        for (int i = 0; i < 4; i++)
            Assert.That(times[i], Is.InRange(80 + 5 * i, 82.5 + 5 * i));
        Bus.Events(browse);
        bus.Run(2);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Lost One h.local.:80 10.0.0.200"]));
    }

    [Test]
    public void A_service_that_stays_is_never_lost()
    {
        Bus bus = new();
        bus.Add("b").Publish("One");
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Run(6 * 3600);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Found One b.local.:7777 10.0.0.1"]));
        Assert.That(bus.Log, Has.Count.LessThan(6 * 3600 / 96 * 4));
    }

    [Test]
    public void A_flush_takes_the_place_of_what_is_older_than_a_second()
    {
        Bus bus = new();
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Run(0.5);
        bus.Send(Messages.Response(Pointer, Service, Text, Address, DnsRecord.Address(HostName, PeerEndPoint.Parse("10.0.0.201:0"))), Messages.Stranger);
        bus.Run(3);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Found One h.local.:80 10.0.0.200,10.0.0.201"]), "both, for they came together");
        bus.Send(Messages.Response(DnsRecord.Address(HostName, PeerEndPoint.Parse("10.0.0.202:0"))), Messages.Stranger);
        bus.Run(3);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Updated One h.local.:80 10.0.0.202"]));
    }

    [Test]
    public void A_goodbye_that_is_contradicted_within_a_second_does_no_harm()
    {
        Bus bus = new();
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Run(0.5);
        bus.Send(Messages.Response(Pointer, Service, Text, Address), Messages.Stranger);
        bus.Run(1);
        Bus.Events(browse);
        bus.Send(Messages.Response(0, Pointer), PeerEndPoint.Parse("10.0.0.201:5353"));
        bus.Run(0.5);
        bus.Send(Messages.Response(Pointer), Messages.Stranger);
        bus.Run(3);
        Assert.That(Bus.Events(browse), Is.Empty);
        bus.Send(Messages.Response(0, Pointer), Messages.Stranger);
        bus.Run(1.1);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Lost One h.local.:80 10.0.0.200"]));
    }

    [Test]
    public void A_host_that_answers_nobody_is_given_up()
    {
        Bus bus = new();
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Run(0.5);
        bus.Send(Messages.Response(4500, Pointer, Service, Text, Address), Messages.Stranger);
        bus.Run(30);
        Bus.Events(browse);
        byte[] question = Messages.Query("h.local.", DnsType.A);
        bus.Send(question, PeerEndPoint.Parse("10.0.0.201:5353"));
        bus.Run(20);
        Assert.That(Bus.Events(browse), Is.Empty, "one asker may have been out of luck");
        bus.Send(question, PeerEndPoint.Parse("10.0.0.201:5353"));
        bus.Run(9.9);
        Assert.That(Bus.Events(browse), Is.Empty);
        bus.Run(0.2);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Lost One h.local.:80 10.0.0.200"]), "10.5");
    }

    [Test]
    public void A_question_that_another_has_just_asked_is_not_asked_again()
    {
        Bus bus = new();
        bus.Add("a").Browse();
        bus.Run(3.5); // Asked after 0.1, 1.1 and 3.1 s, and due again after 7.1 s.
        bus.Log.Clear();
        bus.Run(2.5);
        bus.Send(Messages.Query("_x._udp.local."), Messages.Stranger);
        bus.Run(5);
        Assert.That(bus.Log, Is.Empty, "7.3");
        bus = new();
        bus.Add("a").Browse();
        bus.Run(6);
        bus.Log.Clear();
        bus.Send(Messages.Query("_x._udp.local.", known: Pointer), Messages.Stranger);
        bus.Run(5);
        Assert.That(bus.Log, Has.Count.EqualTo(1), "the other knows what we do not");
    }

    [Test]
    public void A_question_of_somebody_who_has_the_answer_does_not_stand_for_ours()
    {
        Bus bus = new();
        Bus.Host there = bus.Add("b");
        there.IsConnected = false;
        there.Publish("One");
        bus.Run(5); // What it has announced nobody has heard.
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Run(6); // Asked after 0.1, 1.1 and 3.1 s, and due again after 7.1 s.
        there.IsConnected = true;
        ServiceBrowse theirs = there.Browse();
        Assert.That(bus.RunUntil(() => browse.Services.Count == 1, 2));
        Assert.That(theirs.Services, Is.Empty);
        Assert.That(bus.LogOf(there).First(static sent => !sent.IsResponse && sent.At > TimeSpan.FromHours(1) + TimeSpan.FromSeconds(11)).Lines, Has.Some.EqualTo("An _x._udp.local. Ptr 4500 One._x._udp.local."));
    }

    [Test]
    public void Subtypes_are_searched_for()
    {
        Bus bus = new();
        bus.Add("b").Publish("One", subtypes: "_abc");
        bus.Add("c").Publish("Two");
        ServiceBrowse all = bus.Add("a").Browse(), some = bus.Hosts[2].Browse(subtype: "_abc");
        bus.Run(5);
        Assert.That(Bus.Events(all), Is.EquivalentTo((string[])["Found One b.local.:7777 10.0.0.1", "Found Two c.local.:7777 10.0.0.2"]));
        Assert.That(Bus.Events(some), Is.EqualTo((string[])["Found One b.local.:7777 10.0.0.1"]));
        ServiceBrowse late = bus.Hosts[2].Browse();
        Assert.That(Bus.Events(late), Has.Length.EqualTo(2), "what is known is told at once");
        bus.Hosts[2].Node.Stop(all);
        bus.Hosts[2].Node.Stop(some);
        bus.Hosts[2].Node.Stop(late);
        Assert.That(bus.Hosts[2].Node.Browser.Count, Is.Zero);
        bus.Log.Clear();
        bus.Run(3600);
        Assert.That(bus.LogOf(bus.Hosts[2]), Is.Empty);
    }

    [Test]
    public void A_cable_that_is_pulled_and_plugged_loses_and_finds()
    {
        Bus bus = new();
        Bus.Host a = bus.Add("a"), b = bus.Add("b");
        a.Publish("A");
        b.Publish("B");
        ServiceBrowse seenByA = a.Browse(), seenByB = b.Browse();
        bus.Run(5);
        Bus.Events(seenByA);
        Bus.Events(seenByB);
        b.IsConnected = false;
        b.Node.RemoveLink(1, bus.Now);
        Assert.That(Bus.Events(seenByB), Is.EqualTo((string[])["Lost A a.local.:7777 10.0.0.1"]));
        bus.Run(200);
        Assert.That(Bus.Events(seenByA), Is.EqualTo((string[])["Lost B b.local.:7777 10.0.0.2"]));
        b.IsConnected = true;
        b.Node.AddLink(1, isIPv4: true, 2, [new(b.Address, 24)], bus.Now);
        bus.Run(5);
        Assert.That(Bus.Events(seenByA), Is.EqualTo((string[])["Found B b.local.:7777 10.0.0.2"]));
        Assert.That(Bus.Events(seenByB), Is.EqualTo((string[])["Found A a.local.:7777 10.0.0.1"]));
    }

    [Test]
    public void Ten_hosts_with_fifty_services_each_are_all_found()
    {
        Bus bus = new();
        for (int host = 0; host < 10; host++)
        {
            bus.Add($"h{host}");
            for (int service = 0; service < 50; service++)
                bus.Hosts[host].Publish($"Service {service} of {host}");
        }
        ServiceBrowse browse = bus.Add("a").Browse();
        Assert.That(bus.RunUntil(() => browse.Services.Count == 500, 20), $"{browse.Services.Count}");
        Assert.That(bus.Hosts[^1].Node.Browser.Count, Is.EqualTo(500));
        bus.Run(5);
        Assert.That(Bus.Events(browse), Has.Length.EqualTo(500).And.All.StartsWith("Found"));
        bus.Log.Clear();
        Assert.That(bus.RunUntil(() => bus.LogOf(bus.Hosts[^1]).Any(static sent => sent.Lines.Contains("Q _x._udp.local. Ptr")), 60), "asks again");
        bus.Run(2);
        Assert.That(bus.LogOf(bus.Hosts[^1]).Sum(static sent => sent.Lines.Count(static line => line.StartsWith("An ", StringComparison.Ordinal))), Is.EqualTo(500), "and says what it knows");
        Assert.That(bus.Log.Where(static sent => sent.IsResponse), Is.Empty, "so that nobody has to answer");
        bus.Run(100);
        bus.Log.Clear();
        bus.Run(1000);
        Assert.That(Bus.Events(browse), Is.Empty);
        Assert.That(bus.LogOf(bus.Hosts[^1]).Count() / 10.0, Is.LessThan(40), "datagrams in 100 s: 510 records grow old together");
    }

    [Test]
    public void Three_hosts_find_each_other_within_a_second()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            Bus bus = new(seed);
            ServiceBrowse[] browses = [.. Enumerable.Range(0, 3).Select(i =>
            {
                Bus.Host host = bus.Add($"h{i}", isUnique: true);
                host.Publish($"n{i}", isUnique: true);
                return host.Browse();
            })];
            TimeSpan start = bus.Now;
            Assert.That(bus.RunUntil(() => browses.All(static browse => browse.Services.Count == 2), 1), $"seed {seed}: {bus.Now - start}");
        }
    }

    [Test]
    public void The_cache_is_bounded_for_each_source_and_as_a_whole()
    {
        Bus bus = new();
        Bus.Host host = bus.Add("a", options: new() { HostLabel = "", MaxCachedRecords = 250, MaxCachedRecordsPerSource = 100 });
        host.Browse();
        bus.Run(0.5);
        for (int source = 0; source < 5; source++)
        {
            for (int i = 0; i < 200; i++)
                bus.Send(Messages.Response(DnsRecord.Pointer(Type, Type.Prepend($"{source} {i}"))), new PeerEndPoint(0x0A000080u + (uint)source, 5353));
            bus.Run(0.001);
        }
        bus.Run(0.01);
        Assert.That(host.Node.Browser.Count, Is.EqualTo(250));
        bus.Run(200);
        Assert.That(host.Node.Browser.Count, Is.Zero);
    }

    [Test]
    public void Link_local_addresses_carry_the_interface()
    {
        MdnsNode node = new(new() { HostLabel = "a" }, new Random(1));
        node.AddLink(7, isIPv4: false, interfaceIndex: 70011, [new(PeerEndPoint.Parse("[fe80::1]:5353"), 64)], TimeSpan.Zero);
        ServiceBrowse browse = node.Browse("_x._udp", null, TimeSpan.Zero);
        byte[] message = Messages.Response(Pointer, Service, Text, DnsRecord.Address(HostName, PeerEndPoint.Parse("[fe80::2]:0")));
        node.Receive(message, PeerEndPoint.Parse("[fe80::2]:5353"), 7, viaMulticast: true, TimeSpan.Zero);
        Assert.That(browse.Services.Single().Addresses.Single(), Is.EqualTo(IPAddress.Parse("fe80::2%70011")));
        byte[] buffer = new byte[1440];
        Assert.That(node.PollTransmit(buffer, TimeSpan.FromSeconds(1), out PeerEndPoint to, out int link), Is.Positive);
        Assert.That((to, link), Is.EqualTo((MdnsNode.GroupIPv6, 7)));
    }

    [TestCase("127.0.0.1")]
    [TestCase("0.0.0.0")]
    [TestCase("224.0.0.251")]
    [TestCase("255.255.255.255")]
    [TestCase("::1")]
    [TestCase("::")]
    [TestCase("ff02::fb")]
    [TestCase("::ffff:127.0.0.1")]
    public void Addresses_at_which_no_other_host_can_be_are_not_taken(string address)
    {
        Bus bus = new();
        ServiceBrowse browse = bus.Add("a").Browse();
        bus.Run(0.5);
        IPAddress parsed = IPAddress.Parse(address);
        DnsRecord evil = DnsRecord.Raw(HostName, parsed.GetAddressBytes().Length == 4 ? DnsType.A : DnsType.Aaaa, parsed.GetAddressBytes());
        bus.Send(Messages.Response(Pointer, Service, Text, evil), Messages.Stranger);
        bus.Run(1);
        Assert.That(Bus.Events(browse), Is.Empty);
        bus.Send(Messages.Response(Pointer, Service, Text, Address, evil), Messages.Stranger);
        bus.Run(3);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Found One h.local.:80 10.0.0.200"]));
    }

    [Test]
    public void On_loopback_its_addresses_are_taken()
    {
        MdnsNode node = new(new() { HostLabel = "a" }, new Random(1));
        node.AddLink(1, isIPv4: true, 1, [new(PeerEndPoint.Parse("127.0.0.1:5353"), 8)], TimeSpan.Zero);
        ServiceBrowse browse = node.Browse("_x._udp", null, TimeSpan.Zero);
        byte[] message = Messages.Response(Pointer, Service, Text, DnsRecord.Address(HostName, PeerEndPoint.Parse("127.0.0.2:0")));
        node.Receive(message, PeerEndPoint.Parse("127.0.0.2:5353"), 1, viaMulticast: true, TimeSpan.Zero);
        Assert.That(browse.Services.Single().Addresses.Single(), Is.EqualTo(IPAddress.Parse("127.0.0.2")));
    }

    [Test]
    public void What_one_family_takes_back_is_asked_for_over_the_other_and_kept_if_there()
    {
        MdnsNode node = new(new() { HostLabel = "a" }, new Random(1));
        LinkAddress[] addresses = [new(PeerEndPoint.Parse("10.0.0.1:5353"), 24), new(PeerEndPoint.Parse("[fe80::1]:5353"), 64)];
        node.AddLink(4, isIPv4: true, 2, addresses, TimeSpan.Zero);
        node.AddLink(6, isIPv4: false, 2, addresses, TimeSpan.Zero);
        node.AddLink(8, isIPv4: true, 3, addresses, TimeSpan.Zero);
        ServiceBrowse browse = node.Browse("_x._udp", null, TimeSpan.Zero);
        byte[] all = Messages.Response(4500, Pointer, Service, Text, Address);
        TimeSpan now = TimeSpan.FromSeconds(4);
        foreach (int link in (int[])[4, 6, 8])
            node.Receive(all, link == 6 ? PeerEndPoint.Parse("[fe80::200]:5353") : Messages.Stranger, link, viaMulticast: true, now);
        Assert.That(Bus.Events(browse), Has.Length.EqualTo(1));
        foreach (bool isThere in (bool[])[true, false])
        {
            now += TimeSpan.FromSeconds(20);
            List<string> asked = Run(node, now);
            asked.Clear();
            node.Receive(Messages.Response(0, Pointer, Service, Text, Address), PeerEndPoint.Parse("[fe80::200]:5353"), 6, viaMulticast: true, now);
            node.Receive(Messages.Response(0, Pointer, Service, Text, Address), Messages.Stranger, 8, viaMulticast: true, now);
            asked = Run(node, now += TimeSpan.FromSeconds(1.1));
            Assert.That(asked, Has.Some.EqualTo("4 Q h.local. A").And.Some.EqualTo("4 Q _x._udp.local. Ptr"));
            if (isThere)
                node.Receive(all, Messages.Stranger, 4, viaMulticast: true, now);
            Run(node, now += TimeSpan.FromSeconds(5));
            Assert.That(Bus.Events(browse), Has.Length.EqualTo(isThere ? 0 : 1));
            foreach (int link in (int[])[6, 8])
                if (isThere)
                    node.Receive(all, link == 6 ? PeerEndPoint.Parse("[fe80::200]:5353") : Messages.Stranger, link, viaMulticast: true, now);
            Bus.Events(browse);
        }

        static List<string> Run(MdnsNode node, TimeSpan until)
        {
            List<string> lines = [];
            byte[] buffer = new byte[1440];
            for (TimeSpan now = until - TimeSpan.FromSeconds(20); now <= until; now += TimeSpan.FromMilliseconds(50))
            {
                node.HandleTimeout(now);
                int length;
                while ((length = node.PollTransmit(buffer, now, out _, out int link)) > 0)
                    lines.AddRange(Dump.Lines(buffer.AsSpan(0, length)).Select(line => $"{link} {line}"));
            }
            return lines;
        }
    }

    [Test]
    public void Packets_of_real_devices_are_understood()
    {
        Bus bus = new();
        ServiceBrowse browse = bus.Add("a").Browse("_sonos._tcp");
        bus.Run(0.5);
        byte[] sonos = Vectors.Load("mdns_messages").Items("real_world_and_attack").Single(static vector => vector.Text("name") == "test_txt_after_invalid_nsec_name_still_usable").Hex("message_hex");
        bus.Send(sonos, Messages.Stranger);
        bus.Run(0.01);
        ServiceInstance service = browse.Services.Single();
        Assert.That((service.Instance, service.Host, service.Port, service.Text["vers"]), Is.EqualTo(("Sonos-542A1BC9220E", "Sonos-542A1BC9220E.local.", 1443, "3")));
        Assert.That(service.Addresses, Is.EqualTo((IPAddress[])[IPAddress.Parse("192.168.2.58")]));
    }

    [Test]
    public void A_million_mutated_packets_do_no_harm()
    {
        MdnsNode node = new(new() { HostLabel = "node-a", MaxCachedRecords = 500 }, new Random(1));
        PeerEndPoint own = PeerEndPoint.Parse("10.0.0.1:5353");
        node.AddLink(1, isIPv4: true, 2, [new(own, 24)], TimeSpan.Zero);
        node.Publish(new() { Instance = "Node A. 1", Type = "_discovery._udp", Port = 7777 }, TimeSpan.Zero);
        ServiceBrowse[] browses = [.. ((string[])["_discovery._udp", "_x._udp", "_sonos._tcp", "_hap._tcp", "_matter._tcp"]).Select(type => node.Browse(type, null, TimeSpan.Zero))];
        byte[][] seeds = [.. Vectors.Load("mdns_messages").Items("real_world_and_attack").Concat(Vectors.Load("mdns_messages").Items("constructed")).Select(static vector => vector.Hex("message_hex"))
            .Where(static message => message.Length <= 512), Messages.Response(Pointer, Service, Text, Address)];
        Random random = new(20250106);
        byte[] buffer = new byte[1024], sent = new byte[1440];
        long early = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            TimeSpan now = TimeSpan.FromMilliseconds(i * 3);
            int length = Mutate.Into(buffer, seeds, random);
            node.Receive(buffer.AsSpan(0, length), new PeerEndPoint(0x0A000002u + (uint)random.Next(200), (ushort)(random.Next(4) == 0 ? 40000 : 5353)), 1, random.Next(4) != 0, now);
            if (node.NextTimeout <= now)
                node.HandleTimeout(now);
            for (int guard = 0; (length = node.PollTransmit(sent, now, out _, out _)) > 0; guard++)
                if (guard > 100 || !DnsWalk.IsValid(sent.AsSpan(0, length)))
                    Assert.Fail($"after {i}: {Convert.ToHexString(sent.AsSpan(0, length))}");
            if ((i & 1023) == 0)
                foreach (ServiceBrowse browse in browses)
                    Bus.Events(browse);
            if (i == 300_000)
                early = GC.GetTotalMemory(forceFullCollection: true);
        }
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - early, Is.LessThan(2_000_000), "no growth");
    }
}
