using Discovery.Kademlia;

namespace Discovery.Tests.Support;

/// <summary>Nodes that exchange datagrams in virtual time: no sockets, no threads, one seed one history.</summary>
internal sealed class VirtualNetwork(int seed) : IDisposable
{
    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(Host Host, byte[]? Datagram, PeerEndPoint From, PeerEndPoint To), (TimeSpan Due, long Order)> _events = new();
    private readonly Dictionary<PeerEndPoint, Host> _bound = [];
    private readonly byte[] _buffer = new byte[1472], _reply = new byte[1472];
    private long _order;

    /// <summary>A node and where it is.</summary>
    public sealed class Host(KademliaNode node, PeerEndPoint? ipv4, PeerEndPoint? ipv6)
    {
        public KademliaNode Node => node;
        public PeerEndPoint? IPv4 { get; set; } = ipv4;
        public PeerEndPoint? IPv6 => ipv6;
        public bool IsUp { get; set; } = true;
        public TimeSpan TimerAt { get; set; } = TimeSpan.MaxValue;
        public int Sent { get; set; }
        public NodeId Id => node.Family(true)!.Id;
    }

    public TimeSpan Now { get; private set; }

    public double Loss { get; set; }

    public List<Host> Hosts { get; } = [];

    public Host Add(PeerEndPoint? ipv4, PeerEndPoint? ipv6 = null, KademliaOptions? options = null, NodeId? id = null)
    {
        NodeId? id4 = ipv4 is null ? null : id ?? NodeId.CreateRandom(_random), id6 = ipv6 is null ? null : NodeId.CreateRandom(_random);
        Host host = new(new KademliaNode(options ?? new(), new Random(_random.Next()), id4, id6, Now), ipv4, ipv6);
        Hosts.Add(host);
        foreach (PeerEndPoint endPoint in new[] { ipv4, ipv6 }.OfType<PeerEndPoint>())
            _bound[endPoint] = host;
        return host;
    }

    /// <summary>Takes a host off the network, without a farewell.</summary>
    public void Kill(Host host) => host.IsUp = false;

    /// <summary>Gives a host another IPv4 address.</summary>
    public void Move(Host host, PeerEndPoint to)
    {
        _bound.Remove(host.IPv4!.Value);
        _bound[to] = host;
        host.IPv4 = to;
    }

    /// <summary>Does something with a node, and sends what it wants sent.</summary>
    public void With(Host host, Action<KademliaNode> action)
    {
        action(host.Node);
        Flush(host);
    }

    /// <summary>Starts an operation and lets time pass until it has ended.</summary>
    public T Run<T>(Host host, Func<KademliaNode, T> create) where T : Operation
    {
        T operation = create(host.Node);
        With(host, node => node.Start(operation, Now));
        TimeSpan limit = Now + TimeSpan.FromMinutes(2);
        while (!operation.IsFinished)
        {
            Assert.That(Now, Is.LessThan(limit), "the operation does not end");
            Step();
        }
        return operation;
    }

    public void RunFor(TimeSpan time)
    {
        TimeSpan end = Now + time;
        while (_events.TryPeek(out _, out (TimeSpan Due, long) next) && next.Due <= end)
            Step();
        Now = end;
    }

    public void Dispose()
    {
        foreach (Host host in Hosts)
            host.Node.Dispose();
    }

    private void Step()
    {
        ((Host host, byte[]? datagram, PeerEndPoint from, PeerEndPoint to), (Now, _)) = Dequeue();
        if (datagram is not null)
        {
            if (_bound.GetValueOrDefault(to) is not { IsUp: true } reached)
                return;
            int length = reached.Node.Receive(datagram, from, Now, _reply);
            if (length > 0)
                Send(reached, _reply.AsSpan(0, length), from, to);
            Flush(reached);
            return;
        }
        if (!host.IsUp || host.TimerAt != Now)
            return;
        host.TimerAt = TimeSpan.MaxValue;
        host.Node.HandleTimeout(Now);
        int sent = Flush(host);
        Assert.That(sent > 0 || host.Node.NextTimeout > Now, Is.True, "a driver would spin");
    }

    private ((Host, byte[]?, PeerEndPoint, PeerEndPoint), (TimeSpan, long)) Dequeue()
    {
        _events.TryDequeue(out (Host, byte[]?, PeerEndPoint, PeerEndPoint) what, out (TimeSpan, long) when);
        return (what, when);
    }

    private int Flush(Host host)
    {
        int sent = 0;
        while (host.Node.PollTransmit(_buffer, Now, out PeerEndPoint destination) is var length and > 0)
        {
            sent++;
            Send(host, _buffer.AsSpan(0, length), destination, (destination.IsIPv4 ? host.IPv4 : host.IPv6)!.Value);
        }
        TimeSpan next = host.Node.NextTimeout;
        if (next < host.TimerAt)
        {
            host.TimerAt = next > Now ? next : Now;
            _events.Enqueue((host, null, default, default), (host.TimerAt, _order++));
        }
        return sent;
    }

    private void Send(Host host, ReadOnlySpan<byte> datagram, PeerEndPoint to, PeerEndPoint from)
    {
        host.Sent++;
        if (_random.NextDouble() < Loss)
            return;
        // Each pair has a distance of its own, each datagram a little jitter.
        uint pair = (from.IPv4Bits ^ to.IPv4Bits) * 2654435761u;
        TimeSpan latency = TimeSpan.FromMilliseconds(5 + pair % 60 + 5 * _random.NextDouble());
        _events.Enqueue((host, datagram.ToArray(), from, to), (Now + latency, _order++));
    }
}
