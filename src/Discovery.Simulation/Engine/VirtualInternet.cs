namespace Discovery.Simulation.Engine;

/// <summary>Hosts that exchange datagrams in virtual time: one queue of events, one source of chance, one thread. One seed, one history.</summary>
internal sealed class VirtualInternet(ulong seed, TimeSpan start = default)
{
    /// <summary>The payload of events that are a host's timer; the others are the handle of a datagram, or one of the calls below this.</summary>
    private const int Timer = -1;
    private const int FirstCall = -2;

    /// <summary>The largest payload of UDP in an Ethernet frame: what is larger is a defect of who sends it.</summary>
    private const int MaxDatagram = 1472;

    private readonly EventQueue _events = new();
    private readonly DatagramPool _datagrams = new();
    private readonly Dictionary<PeerEndPoint, SimulatedHost> _byEndPoint = [];
    private readonly List<SimulatedHost> _hosts = [];
    private readonly List<Action?> _calls = [];
    private readonly Stack<int> _freeCalls = [];
    private readonly byte[] _received = new byte[MaxDatagram], _sent = new byte[MaxDatagram + 1];
    private HistoryHash _history = new();

    /// <summary>The one source of chance.</summary>
    public Random Random { get; } = new SimulationRandom(seed);

    /// <summary>The time.</summary>
    public TimeSpan Now { get; private set; } = start;

    /// <summary>What the network does to datagrams. A change applies to what is sent from then on.</summary>
    public NetworkConditions Conditions { get; set; } = new();

    /// <summary>All hosts that there ever were.</summary>
    public IReadOnlyList<SimulatedHost> Hosts => _hosts;

    /// <summary>Datagrams sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Datagrams delivered to a host.</summary>
    public long Delivered { get; private set; }

    /// <summary>Events so far.</summary>
    public long Events { get; private set; }

    /// <summary>The hash over all events so far.</summary>
    public ulong History => _history.Value;

    /// <summary>Whether anything can pass from one host to the other; null for always.</summary>
    public Func<PeerEndPoint, PeerEndPoint, bool>? Connects { get; set; }

    /// <summary>Whether a host is reached there.</summary>
    public bool IsTaken(in PeerEndPoint endPoint) => _byEndPoint.ContainsKey(endPoint);

    /// <summary>Connects a host.</summary>
    public void Add(SimulatedHost host)
    {
        _byEndPoint.Add(host.EndPoint, host);
        host.Index = _hosts.Count;
        _hosts.Add(host);
        Flush(host);
    }

    /// <summary>Takes a host off the network, without a farewell. What is on its way to it is lost.</summary>
    public void Stop(SimulatedHost host)
    {
        if (!host.IsUp)
            return;
        host.IsUp = false;
        host.TimerAt = TimeSpan.MaxValue;
        _byEndPoint.Remove(host.EndPoint);
        _history.Add(~(ulong)host.Index);
    }

    /// <summary>Lets something be done at a time; at once when that is over.</summary>
    public void At(TimeSpan time, Action call)
    {
        if (!_freeCalls.TryPop(out int index))
        {
            index = _calls.Count;
            _calls.Add(null);
        }
        _calls[index] = call;
        _events.Add(Later(time, Now).Ticks, 0, FirstCall - index);
    }

    /// <summary>Sends what a host wants to send and sets its timer: to be called after everything that was done with it from outside.</summary>
    public void Flush(SimulatedHost host)
    {
        if (!host.IsUp)
            return;
        while (host.PollTransmit(_sent, Now, out PeerEndPoint to) is var length and > 0)
            Send(host, _sent.AsSpan(0, length), to);
        TimeSpan next = host.NextTimeout;
        if (next >= host.TimerAt)
            return;
        host.TimerAt = Later(next, Now);
        _events.Add(host.TimerAt.Ticks, host.Index, Timer);
    }

    /// <summary>Lets everything happen until a time.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (_events.TryTake(end.Ticks, out SimulatedEvent next))
            Handle(next);
        Now = Later(end, Now);
    }

    /// <summary>Lets everything happen until a condition is met, which is looked at after each event.</summary>
    /// <returns>Whether it was met before <paramref name="limit"/>.</returns>
    public bool RunUntil(Func<bool> isMet, TimeSpan limit)
    {
        while (!isMet())
        {
            if (!_events.TryTake(limit.Ticks, out SimulatedEvent next))
            {
                Now = Later(limit, Now);
                return false;
            }
            Handle(next);
        }
        return true;
    }

    /// <summary>Sends a datagram as if a host had.</summary>
    public void Send(SimulatedHost from, ReadOnlySpan<byte> datagram, in PeerEndPoint to)
    {
        if (datagram.Length > MaxDatagram)
            throw new InvalidOperationException($"{from.EndPoint} sends {datagram.Length} bytes, which do not fit into one frame.");
        Sent++;
        from.Sent++;
        from.SentBytes += datagram.Length;
        NetworkConditions conditions = Conditions;
        // Drawn whatever becomes of the datagram: a change of topology does not shift the chances of those that follow.
        double lost = Random.NextDouble(), early = Random.NextDouble();
        if (lost < conditions.Loss || Connects is not null && !Connects(from.EndPoint, to))
            return;
        long way = (long)(conditions.Latency.RoundTrip(from.EndPoint, to).Ticks * 0.5 * (1 + conditions.Jitter * (2 * early - 1)));
        _events.Add(Now.Ticks + from.SendDelay.Ticks + Math.Max(1, way), from.Index, _datagrams.Add(datagram, from.EndPoint, to));
    }

    private void Handle(in SimulatedEvent next)
    {
        Now = TimeSpan.FromTicks(next.Due);
        Events++;
        if (next.Payload >= 0)
            Deliver(next.Payload);
        else if (next.Payload == Timer)
            Fire(_hosts[next.Subject]);
        else
            Call(FirstCall - next.Payload);
    }

    private void Deliver(int handle)
    {
        ReadOnlySpan<byte> datagram = _datagrams.Read(handle, out PeerEndPoint from, out PeerEndPoint to);
        if (_byEndPoint.TryGetValue(to, out SimulatedHost? host))
        {
            _history.Add((ulong)Now.Ticks);
            _history.Add((ulong)host.Index);
            _history.Add(datagram);
            Delivered++;
            datagram.CopyTo(_received);
            int length = datagram.Length;
            _datagrams.Remove(handle);
            int answer = host.Receive(_received.AsSpan(0, length), from, Now, _sent);
            if (answer > 0 && host.IsUp)
                Send(host, _sent.AsSpan(0, answer), from);
            Flush(host);
            return;
        }
        _datagrams.Remove(handle);
    }

    private void Fire(SimulatedHost host)
    {
        if (host.TimerAt != Now)
            return;
        _history.Add((ulong)Now.Ticks);
        _history.Add((ulong)host.Index);
        host.TimerAt = TimeSpan.MaxValue;
        host.HandleTimeout(Now);
        long sent = Sent;
        Flush(host);
        if (Sent == sent && host.TimerAt <= Now)
            throw new InvalidOperationException($"{host.EndPoint} wants to be called at once again and again: a driver would spin.");
    }

    private void Call(int index)
    {
        Action call = _calls[index]!;
        _calls[index] = null;
        _freeCalls.Push(index);
        call();
    }

    private static TimeSpan Later(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
