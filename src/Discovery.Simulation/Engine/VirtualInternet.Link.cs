using System.Diagnostics.CodeAnalysis;
using static Discovery.Simulation.AddressHash;

namespace Discovery.Simulation.Engine;

/// <content>The way of a datagram: from the line of its sender over the network and the line of its receiver.</content>
internal sealed partial class VirtualInternet
{
    /// <summary>The subject of a datagram that has passed the receiver's line; that of the others is their sender.</summary>
    private const int Received = -1;

    private readonly Dictionary<PeerEndPoint, NatDevice> _nats = [];
    private bool _isShaped;

    /// <summary>What the network does to datagrams. A change applies to what is sent from then on.</summary>
    public NetworkConditions Conditions
    {
        get;
        set
        {
            field = value;
            _isShaped = value.IsShaped;
        }
    } = new();

    /// <summary>Whether anything can pass from one host to the other; null for always.</summary>
    public Func<PeerEndPoint, PeerEndPoint, bool>? Connects { get; set; }

    /// <summary>Whether anything ever passes from one address to the other now.</summary>
    public bool Passes(in PeerEndPoint from, in PeerEndPoint to) => !IsOneWay(Conditions, from, to) && (Connects is null || Connects(from, to));

    /// <summary>Sends a datagram as if a host had.</summary>
    public void Send(SimulatedHost from, ReadOnlySpan<byte> datagram, in PeerEndPoint to)
    {
        if (datagram.Length > NetworkConditions.MaxDatagram)
            throw new HostDefectException(RuleNames.DatagramSize, $"{from.EndPoint} sends {datagram.Length} bytes, which do not fit into one frame.");
        Sent++;
        from.Sent++;
        // One draw for each datagram, whatever becomes of it: another topology or other conditions do not shift the chances of those that follow.
        ulong chance = _random.NextUInt64();
        PeerEndPoint source = from.EndPoint;
        if (from.Nat is not null && !TryLeave(from.Nat, to, ref source))
            return;
        if (_isShaped)
        {
            SendShaped(from, source, datagram, to, chance);
            return;
        }
        NetworkConditions conditions = Conditions;
        if (Upper(chance) < conditions.Loss || Connects is not null && !Connects(source, to))
            return;
        _events.Add(Now.Ticks + from.SendDelay.Ticks + Way(conditions, source, to, chance), from.Index, _datagrams.Add(datagram, source, to));
    }

    private void SendShaped(SimulatedHost from, PeerEndPoint source, ReadOnlySpan<byte> datagram, in PeerEndPoint to, ulong chance)
    {
        NetworkConditions conditions = Conditions;
        if (datagram.Length > conditions.LargestDatagram)
            return;
        long leaves = Now.Ticks + from.SendDelay.Ticks;
        // Who waits for the line takes its time even if it is lost behind it.
        if (conditions.Upload is { } upload && !TryPass(ref from.UplinkBusyUntil, leaves, upload, conditions.QueueSize, datagram.Length, out leaves))
            return;
        if (Upper(chance) < conditions.Loss || !Passes(source, to))
            return;
        AddDelayed(chance, datagram, to);
        ulong copy = SimulationRandom.Mix(chance);
        if (Upper(copy) < conditions.Duplication)
            AddDelayed(copy, datagram, to);

        void AddDelayed(ulong chance, ReadOnlySpan<byte> datagram, in PeerEndPoint to)
        {
            long way = Way(conditions, source, to, chance);
            ulong delay = SimulationRandom.Mix(~chance);
            if (Upper(delay) < conditions.Reordering)
                way += (long)(conditions.ReorderingDelay.Ticks * Lower(delay));
            _events.Add(leaves + way, from.Index, _datagrams.Add(datagram, source, to));
        }
    }

    private void Deliver(in SimulatedEvent arrival)
    {
        int handle = arrival.Payload;
        ReadOnlySpan<byte> datagram = _datagrams.Read(handle, out PeerEndPoint from, out PeerEndPoint to);
        if (!_byEndPoint.TryGetValue(to, out SimulatedHost? host) && !TryEnter(from, to, out host))
        {
            _datagrams.Remove(handle);
            return;
        }
        if (_isShaped && arrival.Subject != Received && Conditions.Download is { } download)
        {
            if (TryPass(ref host.DownlinkBusyUntil, Now.Ticks, download, Conditions.QueueSize, datagram.Length, out long received))
                _events.Add(received, Received, handle);
            else
                _datagrams.Remove(handle);
            return;
        }
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
    }

    private void Connect(SimulatedHost host, NatDevice nat)
    {
        nat.Connect(host);
        _nats[nat.Address] = nat;
    }

    private void Disconnect(SimulatedHost host, NatDevice nat)
    {
        nat.Disconnect(host);
        if (nat.IsEmpty)
            _nats.Remove(nat.Address);
    }

    /// <summary>Passes the NAT of the sender, which does not turn round what is meant for itself.</summary>
    private bool TryLeave(NatDevice nat, in PeerEndPoint to, ref PeerEndPoint source)
    {
        if (to.IsPrivate || to.AddressKey == nat.Address)
            return false;
        source = nat.Leave(source, to, Now);
        return true;
    }

    private bool TryEnter(in PeerEndPoint from, in PeerEndPoint to, [NotNullWhen(true)] out SimulatedHost? host)
    {
        host = _nats.Count > 0 && _nats.TryGetValue(to.AddressKey, out NatDevice? nat) ? nat.Enter(to.Port, from, Now) : null;
        return host is not null;
    }

    /// <summary>The time of a datagram on its way, in ticks: at least one, since nothing arrives in the moment it is sent.</summary>
    private static long Way(NetworkConditions conditions, in PeerEndPoint from, in PeerEndPoint to, ulong chance) =>
        Math.Max(1, (long)(conditions.RoundTrip(from, to).Ticks * 0.5 * (1 + conditions.Jitter * (2 * Lower(chance) - 1))));

    /// <summary>Puts a datagram on a line behind those that wait for it, unless that are too many.</summary>
    private static bool TryPass(ref long busyUntil, long comes, long bytesPerSecond, int queueSize, int length, out long passed)
    {
        long begins = Math.Max(busyUntil, comes);
        double waiting = (begins - comes) * (double)bytesPerSecond / TimeSpan.TicksPerSecond;
        passed = begins + (length + NetworkConditions.Headers) * TimeSpan.TicksPerSecond / bytesPerSecond;
        if (waiting > 0 && waiting + length + NetworkConditions.Headers > queueSize)
            return false;
        busyUntil = passed;
        return true;
    }

    private static bool IsOneWay(NetworkConditions conditions, in PeerEndPoint from, in PeerEndPoint to) =>
        conditions.OneWay > 0 && Upper(AddressHash.OfWay(from, to, seed: 0)) < conditions.OneWay;
}
