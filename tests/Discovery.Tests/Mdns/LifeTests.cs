using Discovery.Mdns;

namespace Discovery.Tests.Mdns;

/// <summary>From the claim of a name to the goodbye (RFC 6762 8, 9, 10.1).</summary>
public sealed class LifeTests
{
    [Test]
    public void A_name_is_probed_three_times_and_announced_twice()
    {
        Bus bus = new();
        Bus.Host host = bus.Add("a");
        host.Publish("One");
        bus.Run(10);
        List<Bus.Sent> sent = bus.Log;
        Assert.That(sent, Has.Count.EqualTo(5));
        string[] probe =
        [
            "Q a.local. Any QU", "Q One._x._udp.local. Any QU",
            "Au a.local. A 120 10.0.0.1", "Au One._x._udp.local. Srv 120 a.local.:7777", "Au One._x._udp.local. Txt 4500 00",
        ];
        string[] announcement =
        [
            "An a.local. A 120 flush 10.0.0.1", "An _x._udp.local. Ptr 4500 One._x._udp.local.", "An One._x._udp.local. Srv 120 flush a.local.:7777",
            "An One._x._udp.local. Txt 4500 flush 00", "An _services._dns-sd._udp.local. Ptr 4500 _x._udp.local.", "Ad a.local. Nsec 120 flush A",
        ];
        Assert.That(sent.Take(3).Select(static message => message.Lines), Is.All.EqualTo(probe));
        Assert.That(sent.Skip(3).Select(static message => message.Lines), Is.All.EqualTo(announcement));
        Assert.That(sent.All(static message => message.IsMulticast));
        double[] gaps = [.. sent.Zip(sent.Skip(1), static (first, second) => (second.At - first.At).TotalMilliseconds)];
        Assert.That(gaps, Is.EqualTo((double[])[250, 250, 250, 1000]).Within(0.001));
    }

    [Test]
    public void A_name_made_of_a_key_is_announced_at_once()
    {
        Bus bus = new();
        Bus.Host host = bus.Add("a", isUnique: true);
        TimeSpan start = bus.Now;
        PublishedService service = host.Publish("One", isUnique: true);
        Assert.That(bus.RunUntil(() => host.Node.IsAnnounced(service), 1));
        Assert.That(bus.Now - start, Is.InRange(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(120)));
        Assert.That(bus.Log.Single().IsResponse);
    }

    [Test]
    public void A_goodbye_takes_everything_back()
    {
        Bus bus = new();
        Bus.Host host = bus.Add("a"), other = bus.Add("b");
        PublishedService first = host.Publish("One"), second = host.Publish("Two");
        ServiceBrowse browse = other.Browse();
        bus.Run(5);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Found One a.local.:7777 10.0.0.1", "Found Two a.local.:7777 10.0.0.1"]));
        bus.Log.Clear();
        host.Node.Withdraw(first);
        bus.Run(2);
        Assert.That(bus.Log.Single().Lines, Is.EqualTo((string[])
        [
            "An _x._udp.local. Ptr 0 One._x._udp.local.", "An One._x._udp.local. Srv 0 flush a.local.:7777", "An One._x._udp.local. Txt 0 flush 00",
        ]));
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Lost One a.local.:7777 10.0.0.1"]));
        host.Node.Stop();
        bus.Run(2);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Lost Two a.local.:7777 10.0.0.1"]));
        Assert.That(bus.LogOf(host).Last().Lines, Has.Some.EqualTo("An a.local. A 0 flush 10.0.0.1").And.Some.EqualTo("An _services._dns-sd._udp.local. Ptr 0 _x._udp.local."));
        Assert.That(other.Node.Browser.Count, Is.Zero);
        Assert.That(host.Node.IsAnnounced(second), Is.False);
    }

    [Test]
    public void A_name_that_is_taken_is_left_to_its_holder()
    {
        Bus bus = new();
        Bus.Host first = bus.Add("host"), second = bus.Add("host");
        first.Node.Publish(new() { Instance = "Name", Type = "_x._udp", Port = 1 }, bus.Now);
        bus.Run(5);
        PublishedService late = second.Publish("Name");
        ServiceBrowse browse = bus.Add("c").Browse();
        TimeSpan start = bus.Now;
        Assert.That(bus.RunUntil(() => second.Node.IsAnnounced(late), 10));
        Assert.That((bus.Now - start).TotalSeconds, Is.LessThan(1.3), "host and service take their next names together");
        bus.Run(10);
        Assert.That(late.Label, Is.EqualTo("Name (2)"));
        Assert.That(second.Node.HostName, Is.EqualTo("host-2.local."));
        Assert.That(first.Node.HostName, Is.EqualTo("host.local."));
        Assert.That(Bus.Events(browse), Is.EquivalentTo((string[])["Found Name host.local.:1 10.0.0.1", "Found Name (2) host-2.local.:7777 10.0.0.2"]));
    }

    [Test]
    public void Of_two_that_claim_a_name_at_once_one_gets_it()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            Bus bus = new(seed);
            Bus.Host first = bus.Add("host"), second = bus.Add("host"), third = bus.Add("host");
            PublishedService[] services = [first.Publish("Name"), second.Publish("Name"), third.Publish("Name")];
            bus.Run(15);
            Assert.That(services.Select(static service => service.Label), Is.EquivalentTo((string[])["Name", "Name (2)", "Name (3)"]), $"seed {seed}");
            Assert.That(bus.Hosts.Select(static host => host.Node.HostName), Is.EquivalentTo((string[])["host.local.", "host-2.local.", "host-3.local."]), $"seed {seed}");
        }
    }

    [Test]
    public void Two_networks_that_become_one_settle_their_names()
    {
        Bus bus = new();
        Bus.Host first = bus.Add("host"), second = bus.Add("host");
        second.IsConnected = false;
        PublishedService one = first.Publish("Name", text: ServiceText.Create(KeyValuePair.Create("of", (string?)"one"))), two = second.Publish("Name");
        bus.Run(5);
        Assert.That((one.Label, two.Label), Is.EqualTo(("Name", "Name")));
        second.IsConnected = true;
        second.Node.RemoveLink(1, bus.Now);
        second.Node.AddLink(1, isIPv4: true, 2, [new(second.Address, 24)], bus.Now);
        bus.Run(10);
        Assert.That(((string[])[one.Label, two.Label]).Order(), Is.EqualTo((string[])["Name", "Name (2)"]));
        Assert.That(first.Node.HostName, Is.Not.EqualTo(second.Node.HostName));
    }

    [Test]
    public void Fifteen_conflicts_slow_the_search_for_a_name_down()
    {
        Bus bus = new();
        Bus.Host host = bus.Add("x", isUnique: true);
        PublishedService service = host.Publish("Name");
        // Somebody objects to every name, for two minutes.
        int seen = 0;
        List<TimeSpan> renames = [];
        string label = service.Label;
        TimeSpan end = bus.Now + TimeSpan.FromMinutes(2);
        while (bus.Now < end)
        {
            Assert.That(bus.RunUntil(() => bus.Log.Count > seen, 10));
            Bus.Sent sent = bus.Log[seen++];
            if (!sent.IsResponse)
                bus.Send(Messages.Response(Discovery.Encoding.Dns.DnsRecord.Service(service.Name, 1, Discovery.Encoding.Dns.DnsName.Parse("evil.local."))), Messages.Stranger);
            bus.Run(0.002);
            if (service.Label != label)
            {
                label = service.Label;
                renames.Add(bus.Now);
            }
        }
        Assert.That(renames[13] - renames[0], Is.LessThan(TimeSpan.FromSeconds(10)));
        for (int i = 15; i < renames.Count; i++)
            Assert.That(renames[i] - renames[i - 1], Is.GreaterThan(TimeSpan.FromSeconds(5)), $"before the attempt after conflict {i + 1}");
        Assert.That(renames, Has.Count.InRange(30, 40));
        // Nobody objects any more. What is objected to long after that is a new matter.
        bus.Run(90);
        Assert.That(host.Node.IsAnnounced(service));
        Func<Bus.Sent, bool> isProbe = static sent => !sent.IsResponse;
        foreach (double pause in (double[])[0.3, 1])
        {
            seen = bus.Log.Count;
            bus.Send(Messages.Response(Discovery.Encoding.Dns.DnsRecord.Service(service.Name, 1, Discovery.Encoding.Dns.DnsName.Parse("evil.local."))), Messages.Stranger);
            Assert.That(bus.RunUntil(() => bus.Log.Skip(seen).Any(isProbe), pause), "at once");
        }
    }

    [Test]
    public void A_record_of_another_host_is_tried_by_a_probe_however_many_come_with_it()
    {
        Bus bus = new();
        Bus.Host host = bus.Add("a");
        PublishedService service = host.Publish("Name", text: ServiceText.Create(KeyValuePair.Create("k", (string?)"v")));
        bus.Run(5);
        bus.Log.Clear();
        // Somebody who has gone since: nobody defends the name.
        Discovery.Encoding.Dns.DnsName name = service.Name;
        byte[] claim = Messages.Response(Discovery.Encoding.Dns.DnsRecord.Service(name, 1, Discovery.Encoding.Dns.DnsName.Parse("b.local.")), Discovery.Encoding.Dns.DnsRecord.Raw(name, Discovery.Encoding.Dns.DnsType.Txt, [0]));
        bus.Send(claim, Messages.Stranger);
        bus.Send(claim, Messages.Stranger);
        bus.Run(3);
        Assert.That(bus.Log.Count(static sent => sent.Lines.Contains("Q Name._x._udp.local. Any QU")), Is.EqualTo(3), "9");
        Assert.That((service.Label, host.Node.IsAnnounced(service)), Is.EqualTo(("Name", true)));
        // Somebody who is there: the answer to the probe settles it.
        bus.Log.Clear();
        bus.Send(claim, Messages.Stranger);
        Assert.That(bus.RunUntil(() => bus.Log.Count > 0, 1));
        bus.Send(claim, Messages.Stranger);
        bus.Run(3);
        Assert.That((service.Label, host.Node.IsAnnounced(service)), Is.EqualTo(("Name (2)", true)));
    }

    [Test]
    public void A_long_name_is_cut_to_make_room_for_its_number()
    {
        Bus bus = new();
        Bus.Host first = bus.Add("a"), second = bus.Add("b");
        string name = string.Concat(Enumerable.Repeat("ü", 31));
        first.Publish(name);
        bus.Run(3);
        PublishedService service = second.Publish(name);
        bus.Run(5);
        Assert.That(service.Label, Is.EqualTo(name[..29] + " (2)"));
    }

    [Test]
    public void Changes_are_announced_twice()
    {
        Bus bus = new();
        Bus.Host host = bus.Add("a"), other = bus.Add("b");
        PublishedService service = host.Publish("One");
        ServiceBrowse browse = other.Browse();
        bus.Run(5);
        Bus.Events(browse);
        bus.Log.Clear();
        host.Node.Update(service, ServiceText.Create(KeyValuePair.Create("k", (string?)"v")), bus.Now);
        bus.Run(3);
        Assert.That(bus.LogOf(host).Count(), Is.EqualTo(2));
        Assert.That(bus.LogOf(host).First().Lines, Has.Some.EqualTo("An One._x._udp.local. Txt 4500 flush 036B3D76"));
        Assert.That(browse.TryTakeEvent(out ServiceEvent? change) && change is { Change: ServiceChange.Updated } && change.Service.Text["K"] == "v");
        Assert.That(Bus.Events(browse), Is.Empty);
        host.Node.ChangeAddresses(1, [new(PeerEndPoint.Parse("10.0.0.77:5353"), 24)], bus.Now);
        bus.Run(3);
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Updated One a.local.:7777 10.0.0.77"]));
    }

    [Test]
    public void Two_services_of_one_name_on_one_host_do_not_fight()
    {
        Bus bus = new();
        Bus.Host host = bus.Add("a");
        PublishedService first = host.Publish("One"), second = host.Publish("One");
        bus.Run(3);
        Assert.That((first.Label, second.Label), Is.EqualTo(("One", "One (2)")));
        Assert.That(bus.Log, Has.Count.EqualTo(5));
    }

    [TestCase("", "_x._udp")]
    [TestCase("a", "_x")]
    [TestCase("a", "x._udp")]
    [TestCase("a", "_x._sctp")]
    [TestCase("a", "_sub._x._udp")]
    [TestCase("0123456789012345678901234567890123456789012345678901234567890123", "_x._udp")]
    public void What_is_no_service_is_not_published(string instance, string type) =>
        Assert.That(() => new Bus().Add("a").Publish(instance, type), Throws.InstanceOf<ArgumentException>());
}
