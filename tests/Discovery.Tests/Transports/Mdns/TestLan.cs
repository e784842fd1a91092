using System.Net.NetworkInformation;
using System.Net.Sockets;
using Discovery.Mdns;
using Discovery.Simulation;
using Discovery.Transports;

namespace Discovery.Tests.Transports.Mdns;

/// <summary>One local network in virtual time, with machines whose interfaces come and go. A datagram takes a millisecond, and one to the group comes to everybody, its sender too. Machines may start at once.</summary>
internal sealed class TestLan(VirtualTimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<TestSocket> _sockets = [];

    /// <summary>Datagrams sent so far.</summary>
    public List<byte[]> Sent { get; } = [];

    public Machine AddMachine(params string[] addresses)
    {
        Machine machine = new(this);
        machine.Plug(addresses);
        return machine;
    }

    /// <summary>A datagram of somebody who has no machine here, to everybody.</summary>
    public void Inject(byte[] datagram, PeerEndPoint source) => Deliver(datagram, source, static _ => true, viaMulticast: true);

    private void Send(TestSocket from, ReadOnlySpan<byte> datagram, PeerEndPoint to)
    {
        byte[] bytes = datagram.ToArray();
        lock (_gate)
            Sent.Add(bytes);
        PeerEndPoint source = from.Card.Addresses.First(address => address.Address.IsIPv4 == from.IsIPv4).Address;
        bool isGroup = to == MdnsNode.GroupIPv4 || to == MdnsNode.GroupIPv6;
        Deliver(bytes, source, socket => socket.IsIPv4 == from.IsIPv4 && (isGroup || socket.Card.Addresses.Any(address => address.Address == to)), isGroup);
    }

    private void Deliver(byte[] bytes, PeerEndPoint source, Func<TestSocket, bool> isMeant, bool viaMulticast)
    {
        TestSocket[] receivers;
        lock (_gate)
            receivers = [.. _sockets.Where(isMeant)];
        ITimer? timer = null;
        timer = time.CreateTimer(_ =>
        {
            timer?.Dispose();
            foreach (TestSocket receiver in receivers)
                if (IsOpen(receiver))
                    receiver.Receiver(bytes, source, receiver.Card.Index, viaMulticast);
        }, null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private bool IsOpen(TestSocket socket)
    {
        lock (_gate)
            return _sockets.Contains(socket);
    }

    /// <summary>A machine with one interface.</summary>
    public sealed class Machine(TestLan lan) : IMulticastNetwork
    {
        private IReadOnlyList<MulticastInterface> _cards = [];
        private Action? _changed;

        /// <summary>Whether sockets are denied.</summary>
        public bool IsDenied { get; set; }

        /// <summary>Whether the list of interfaces cannot be had.</summary>
        public bool IsBlind { get; set; }

        public bool IsShared { get; set; }

        /// <summary>Whether nothing can be sent, as behind a firewall: over IPv4, over IPv6.</summary>
        public (bool IPv4, bool IPv6) IsMute { get; set; }

        public int Opened { get; private set; }

        /// <summary>Puts the cable in, or changes the addresses.</summary>
        public void Plug(params string[] addresses)
        {
            _cards = addresses.Length == 0 ? [] : [new("eth0", 2, [.. addresses.Select(static text => new LinkAddress(new(System.Net.IPAddress.Parse(text), MdnsNode.Port), 24))])];
            _changed?.Invoke();
        }

        /// <summary>Pulls the cable out.</summary>
        public void Unplug() => Plug();

        public IReadOnlyList<MulticastInterface> ListInterfaces() => IsBlind ? throw new NetworkInformationException() : _cards;

        public bool IsPortShared(int ownSockets) => IsShared;

        public IMulticastSocket Open(MulticastInterface card, bool ipv4, bool isPortShared, MulticastReceiver receiver)
        {
            if (IsDenied)
                throw new SocketException((int)SocketError.AccessDenied);
            Opened++;
            TestSocket socket = new(this, lan, card, ipv4, receiver);
            lock (lan._gate)
                lan._sockets.Add(socket);
            return socket;
        }

        public IDisposable Watch(Action changed)
        {
            _changed = changed;
            return new Subscription(this);
        }

        private sealed class Subscription(Machine machine) : IDisposable
        {
            public void Dispose() => machine._changed = null;
        }
    }

    private sealed class TestSocket(Machine machine, TestLan lan, MulticastInterface card, bool isIPv4, MulticastReceiver receiver) : IMulticastSocket
    {
        public MulticastInterface Card { get; private set; } = card;

        public bool IsIPv4 => isIPv4;

        public MulticastReceiver Receiver => receiver;

        public Exception? Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
        {
            if (isIPv4 ? machine.IsMute.IPv4 : machine.IsMute.IPv6)
                return new SocketException((int)SocketError.AccessDenied);
            lan.Send(this, datagram, destination);
            return null;
        }

        public void AddressesChanged(MulticastInterface card) => Card = card;

        public void Dispose()
        {
            lock (lan._gate)
                lan._sockets.Remove(this);
        }
    }
}
