namespace Discovery.Simulation.Engine;

/// <summary>Hosts that exchange datagrams in virtual time: one queue of events, one source of chance, one thread. One seed, one history.</summary>
internal sealed partial class VirtualInternet(ulong seed, TimeSpan start = default)
{
    /// <summary>The payload of events that are a host's timer; the others are the handle of a datagram, or one of the calls below this.</summary>
    private const int Timer = -1;
    private const int FirstCall = -2;

    /// <summary>After so many events, a power of two, it is looked whether somebody wants an end: one moment of a storm may have millions.</summary>
    private const int EventsAtATime = 1024;

    private readonly EventQueue _events = new();
    private readonly DatagramPool _datagrams = new();
    private readonly Dictionary<PeerEndPoint, SimulatedHost> _byEndPoint = [];
    private readonly List<SimulatedHost> _hosts = [];
    private readonly List<long> _timers = [];
    private readonly List<Action?> _calls = [];
    private readonly Stack<int> _freeCalls = [];
    private readonly byte[] _received = new byte[NetworkConditions.MaxDatagram], _sent = new byte[NetworkConditions.MaxDatagram + 1];
    private readonly SimulationRandom _random = new(seed);
    private HistoryHash _history = new();
    private int _handled;

    /// <summary>The one source of chance.</summary>
    public Random Random => _random;

    /// <summary>The time.</summary>
    public TimeSpan Now { get; private set; } = start;

    /// <summary>Ends what runs, in the middle of it.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>All hosts that there ever were.</summary>
    public IReadOnlyList<SimulatedHost> Hosts => _hosts;

    /// <summary>Datagrams sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Datagrams delivered to a host.</summary>
    public long Delivered { get; private set; }

    /// <summary>The hash over all events so far.</summary>
    public ulong History => _history.Value;

    /// <summary>Whether a host is reached there.</summary>
    public bool IsTaken(in PeerEndPoint endPoint) => _byEndPoint.ContainsKey(endPoint) || _nats.ContainsKey(endPoint.AddressKey);

    /// <summary>Connects a host.</summary>
    public void Add(SimulatedHost host)
    {
        if (host.Nat is null)
            _byEndPoint.Add(host.EndPoint, host);
        else
            Connect(host, host.Nat);
        host.Index = _hosts.Count;
        _hosts.Add(host);
        _timers.Add(TimeSpan.MaxValue.Ticks);
        Flush(host);
    }

    /// <summary>Takes a host off the network, without a farewell. What is on its way to it is lost.</summary>
    public void Stop(SimulatedHost host)
    {
        if (!host.IsUp)
            return;
        host.IsUp = false;
        _timers[host.Index] = TimeSpan.MaxValue.Ticks;
        if (host.Nat is null)
            _byEndPoint.Remove(host.EndPoint);
        else
            Disconnect(host, host.Nat);
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
        long next = Math.Max(host.NextTimeout.Ticks, Now.Ticks);
        if (next == _timers[host.Index])
            return;
        _timers[host.Index] = next;
        if (next != TimeSpan.MaxValue.Ticks)
            _events.Add(next, host.Index, Timer);
    }

    /// <summary>Lets everything happen until a time.</summary>
    /// <exception cref="OperationCanceledException">Somebody wanted an end.</exception>
    public void RunUntil(TimeSpan end)
    {
        while (_events.TryTake(end.Ticks, out SimulatedEvent next))
            Handle(next);
        Now = Later(end, Now);
    }

    /// <summary>Lets everything happen until a condition is met, which is looked at after each event.</summary>
    /// <returns>Whether it was met before <paramref name="limit"/>.</returns>
    /// <exception cref="OperationCanceledException">Somebody wanted an end.</exception>
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

    private void Handle(in SimulatedEvent next)
    {
        if ((++_handled & (EventsAtATime - 1)) == 0)
            CancellationToken.ThrowIfCancellationRequested();
        Prefetch();
        Now = TimeSpan.FromTicks(next.Due);
        if (next.Payload >= 0)
            Deliver(next);
        else if (next.Payload == Timer)
            Fire(next.Subject);
        else
            Call(FirstCall - next.Payload);
    }

    private void Fire(int index)
    {
        // Most timers have been set to a later time since, for an answer has come: nothing of the host is touched then.
        if (_timers[index] != Now.Ticks)
            return;
        SimulatedHost host = _hosts[index];
        _history.Add((ulong)Now.Ticks);
        _history.Add((ulong)host.Index);
        _timers[index] = TimeSpan.MaxValue.Ticks;
        host.HandleTimeout(Now);
        long sent = Sent;
        Flush(host);
        if (Sent == sent && _timers[index] <= Now.Ticks)
            throw new HostDefectException(RuleNames.Timer, $"{host.EndPoint} wants to be called at once again and again: a driver would spin.");
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
