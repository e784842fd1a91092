using Discovery.Encoding.Dns;
using Discovery.Mdns;

namespace Discovery.Tests.Mdns;

/// <summary>Lost datagrams, divided networks, two families: what is told stays true, and is told once.</summary>
public sealed class WeatherTests
{
    [Test]
    public void Who_is_there_is_found_whatever_gets_lost([Values(1, 2, 3, 4, 5)] int seed)
    {
        Bus bus = new(seed) { Loss = 0.3 };
        ServiceBrowse[] browses = [.. Enumerable.Range(0, 6).Select(i =>
        {
            Bus.Host host = bus.Add("host");
            host.Publish("Name");
            return host.Browse();
        })];
        bus.Run(600);
        Ledger[] ledgers = [.. browses.Select(static browse => new Ledger(browse))];
        foreach (Ledger ledger in ledgers)
            ledger.Read();
        bus.Loss = 0;
        bus.Run(600);
        Assert.That(bus.Hosts.Select(static host => host.Node.HostName).Distinct().Count(), Is.EqualTo(6));
        foreach (Ledger ledger in ledgers)
            Assert.That(ledger.Read(), Has.Count.EqualTo(5));
        // One falls silent, and the others keep asking for what they had from it.
        bus.Hosts[0].IsConnected = false;
        bus.Run(130);
        foreach (Ledger ledger in ledgers[1..])
            Assert.That(ledger.Read(), Has.Count.EqualTo(4));
    }

    [Test]
    public void A_network_that_parts_and_heals_leaves_no_ghost_and_no_double()
    {
        Bus bus = new();
        Ledger[] ledgers = [.. Enumerable.Range(0, 6).Select(i =>
        {
            Bus.Host host = bus.Add($"h{i}");
            host.Publish($"Service {i}");
            return new Ledger(host.Browse());
        })];
        bus.Run(10);
        foreach (Ledger ledger in ledgers)
            Assert.That(ledger.Read(), Has.Count.EqualTo(5));
        for (int i = 0; i < 6; i++)
            bus.Hosts[i].Side = i / 3;
        bus.Run(5000);
        foreach (Ledger ledger in ledgers)
            Assert.That(ledger.Read(), Has.Count.EqualTo(2));
        foreach (Bus.Host host in bus.Hosts)
            host.Side = 0;
        // Nobody has noticed anything, so it takes the next question, which is an hour apart at most.
        bus.Run(3700);
        foreach (Ledger ledger in ledgers)
            Assert.That(ledger.Read(), Has.Count.EqualTo(5));
    }

    [Test]
    public void A_service_on_two_links_is_one_service()
    {
        DnsName type = DnsName.Parse("_x._udp.local."), instance = type.Prepend("One"), host = DnsName.Parse("h.local.");
        DnsRecord pointer = DnsRecord.Pointer(type, instance), service = DnsRecord.Service(instance, 80, host), text = DnsRecord.Raw(instance, DnsType.Txt, [0]);
        DnsRecord ipv4 = DnsRecord.Address(host, PeerEndPoint.Parse("10.0.0.200:0")), ipv6 = DnsRecord.Address(host, PeerEndPoint.Parse("[2001:db8::200]:0"));
        PeerEndPoint source4 = PeerEndPoint.Parse("10.0.0.200:5353"), source6 = PeerEndPoint.Parse("[fe80::200]:5353");
        MdnsNode node = new(new() { HostLabel = "a" }, new Random(1));
        LinkAddress[] addresses = [new(PeerEndPoint.Parse("10.0.0.1:5353"), 24), new(PeerEndPoint.Parse("[fe80::1]:5353"), 64)];
        node.AddLink(4, isIPv4: true, 2, addresses, TimeSpan.Zero);
        node.AddLink(6, isIPv4: false, 2, addresses, TimeSpan.Zero);
        ServiceBrowse browse = node.Browse("_x._udp", null, TimeSpan.Zero);
        node.Receive(Messages.Response(pointer, service, text, ipv4), source4, 4, viaMulticast: true, TimeSpan.FromSeconds(1));
        node.Receive(Messages.Response(pointer, service, text, ipv6), source6, 6, viaMulticast: true, TimeSpan.FromSeconds(1));
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Found One h.local.:80 10.0.0.200", "Updated One h.local.:80 10.0.0.200,2001:db8::200"]));
        node.Receive(Messages.Response(0, pointer, service, text, ipv4), source4, 4, viaMulticast: true, TimeSpan.FromSeconds(10));
        node.HandleTimeout(TimeSpan.FromSeconds(12));
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Updated One h.local.:80 2001:db8::200"]), "it is still there on the other");
        node.Receive(Messages.Response(0, pointer, service, text, ipv6), source6, 6, viaMulticast: true, TimeSpan.FromSeconds(20));
        node.HandleTimeout(TimeSpan.FromSeconds(22));
        Assert.That(Bus.Events(browse), Is.EqualTo((string[])["Lost One h.local.:80 2001:db8::200"]));
    }

    /// <summary>Keeps account of the events of a search, each of which must make sense after those before.</summary>
    private sealed class Ledger(ServiceBrowse browse)
    {
        private readonly Dictionary<string, ServiceInstance> _there = [];

        public IReadOnlyCollection<string> Read()
        {
            while (browse.TryTakeEvent(out ServiceEvent? change))
            {
                string name = change.Service.Instance;
                if (change.Change == ServiceChange.Found)
                {
                    Assert.That(_there.TryAdd(name, change.Service), $"{name} is found twice");
                    continue;
                }
                Assert.That(_there.Remove(name, out ServiceInstance? before), $"{name} is {change.Change}, but has not been found");
                if (change.Change == ServiceChange.Lost)
                {
                    Assert.That(change.Service, Is.EqualTo(before));
                    continue;
                }
                Assert.That(change.Service, Is.Not.EqualTo(before), "nothing has changed");
                _there.Add(name, change.Service);
            }
            Assert.That(browse.Services, Is.EquivalentTo(_there.Values));
            return _there.Keys;
        }
    }
}
