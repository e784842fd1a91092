using Discovery.Encoding.Dns;
using Discovery.Mdns;

namespace Discovery.Tests.Mdns;

/// <summary>A local network in virtual time: every datagram takes a millisecond, and one to the group comes to everybody, its sender too.</summary>
internal sealed class Bus(int seed = 1)
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<(Host To, byte[] Bytes, PeerEndPoint Source, bool ViaMulticast), (TimeSpan, int)> _inFlight = new();
    private readonly byte[] _buffer = new byte[9000];
    private readonly Random _chance = new(seed);
    private int _sequence;

    /// <summary>The part of all deliveries that fails, 0 to 1.</summary>
    public double Loss { get; set; }

    public TimeSpan Now { get; private set; } = TimeSpan.FromHours(1);

    public List<Host> Hosts { get; } = [];

    /// <summary>All that has been sent.</summary>
    public List<Sent> Log { get; } = [];

    public sealed record Sent(TimeSpan At, Host? From, PeerEndPoint To, byte[] Bytes)
    {
        public bool IsMulticast => To == MdnsNode.GroupIPv4;

        public bool IsResponse => (Bytes[2] & 0x80) != 0;

        public string[] Lines => Dump.Lines(Bytes);
    }

    public sealed class Host(Bus bus, MdnsNode node, PeerEndPoint address)
    {
        public MdnsNode Node { get; } = node;

        public PeerEndPoint Address { get; } = address;

        /// <summary>Which part of a divided network it is in.</summary>
        public int Side { get; set; }

        /// <summary>Whether its cable is in.</summary>
        public bool IsConnected { get; set; } = true;

        public PublishedService Publish(string instance, string type = "_x._udp", bool isUnique = false, ServiceText? text = null, params string[] subtypes) => Node.Publish(
            new() { Instance = instance, Type = type, Port = 7777, Text = text ?? ServiceText.Empty, Subtypes = subtypes, IsInstanceUnique = isUnique }, bus.Now);

        public ServiceBrowse Browse(string type = "_x._udp", string? subtype = null) => Node.Browse(type, subtype, bus.Now);
    }

    public Host Add(string label, bool isUnique = false, MdnsOptions? options = null)
    {
        PeerEndPoint address = new(0x0A000001u + (uint)Hosts.Count, MdnsNode.Port);
        MdnsNode node = new((options ?? new() { HostLabel = label }) with { HostLabel = label, IsHostLabelUnique = isUnique }, new Random(seed * 1000 + Hosts.Count));
        Host host = new(this, node, address);
        node.AddLink(1, isIPv4: true, 2, [new(address, 24)], Now);
        Hosts.Add(host);
        return host;
    }

    /// <summary>Sends something as a stranger.</summary>
    public void Send(byte[] bytes, PeerEndPoint source, Host? to = null)
    {
        foreach (Host host in to is null ? Hosts : [to])
            Deliver(host, bytes, source, to is null);
        Drain();
    }

    public void Run(double seconds) => RunUntil(static () => false, seconds);

    /// <summary>Lets time go by until it is so.</summary>
    /// <returns>Whether it has come to that.</returns>
    public bool RunUntil(Func<bool> isDone, double seconds)
    {
        TimeSpan end = Now + TimeSpan.FromSeconds(seconds);
        Drain();
        while (!isDone())
        {
            TimeSpan next = end;
            if (_inFlight.TryPeek(out _, out (TimeSpan At, int) first) && first.At < next)
                next = first.At;
            foreach (Host host in Hosts)
                if (host.Node.NextTimeout < next)
                    next = host.Node.NextTimeout;
            if (next >= end)
            {
                Now = end;
                return isDone();
            }
            Assert.That(next, Is.GreaterThanOrEqualTo(Now - TimeSpan.FromHours(1)));
            if (next > Now)
                Now = next;
            while (_inFlight.TryPeek(out (Host To, byte[] Bytes, PeerEndPoint Source, bool ViaMulticast) item, out first) && first.At <= Now)
            {
                _inFlight.Dequeue();
                if (item.To.IsConnected)
                    item.To.Node.Receive(item.Bytes, item.Source, 1, item.ViaMulticast, Now);
            }
            foreach (Host host in Hosts)
                host.Node.HandleTimeout(Now);
            Drain();
        }
        return true;
    }

    public IEnumerable<Sent> LogOf(Host host) => Log.Where(sent => sent.From == host);

    /// <summary>Takes all events of a search as text.</summary>
    public static string[] Events(ServiceBrowse browse)
    {
        List<string> events = [];
        while (browse.TryTakeEvent(out ServiceEvent? change))
            events.Add($"{change.Change} {change.Service.Instance} {change.Service.Host}:{change.Service.Port} {string.Join(',', change.Service.Addresses)}");
        return [.. events];
    }

    private void Drain()
    {
        foreach (Host host in Hosts)
        {
            for (int guard = 0; ; guard++)
            {
                Assert.That(guard, Is.LessThan(1000), "it never stops sending");
                int length = host.Node.PollTransmit(_buffer, Now, out PeerEndPoint to, out int link);
                if (length == 0)
                    break;
                Assert.That(link, Is.EqualTo(1));
                byte[] bytes = _buffer[..length];
                Assert.That(Encoding.Dns.DnsWalk.IsValid(bytes), "what is sent is well-formed");
                Assert.That(DnsHeader.TryParse(bytes, out _));
                Log.Add(new(Now, host, to, bytes));
                if (!host.IsConnected)
                    continue;
                bool isMulticast = to == MdnsNode.GroupIPv4;
                foreach (Host receiver in Hosts)
                    if ((isMulticast || receiver.Address == to) && _chance.NextDouble() >= Loss && host.Side == receiver.Side)
                        Deliver(receiver, bytes, host.Address, isMulticast);
            }
        }
    }

    private void Deliver(Host to, byte[] bytes, PeerEndPoint source, bool viaMulticast) => _inFlight.Enqueue((to, bytes, source, viaMulticast), (Now + Latency, _sequence++));
}
