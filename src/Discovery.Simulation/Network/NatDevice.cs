using Discovery.Simulation.Engine;

namespace Discovery.Simulation;

/// <summary>A NAT or firewall: hosts with addresses of their own behind one address that the world sees.</summary>
internal sealed class NatDevice(NatKind kind, in PeerEndPoint address, TimeSpan timeout)
{
    public const int MaxHosts = 250;

    private const uint FirstInside = 0xC0A8_0002;
    private const int FirstPort = 1024;

    /// <summary>A port of the NAT, whom it belongs to and whom it is open to.</summary>
    private sealed class Mapping(PeerEndPoint inside, PeerEndPoint remote, int port)
    {
        public PeerEndPoint Inside => inside;
        public PeerEndPoint Remote => remote;
        public int Port => port;
        public TimeSpan Expires;

        /// <summary>Until when each that it was sent to may answer: addresses or end points. Null when everybody may, or <see cref="Remote"/> alone.</summary>
        public Dictionary<PeerEndPoint, TimeSpan>? Open;
        public int PurgeAt = 32;
    }

    private readonly Dictionary<PeerEndPoint, SimulatedHost> _hosts = [];
    private readonly Dictionary<(PeerEndPoint Inside, PeerEndPoint Remote), Mapping> _byInside = [];
    private readonly Dictionary<int, Mapping> _byPort = [];
    private int _purgeAt = 32;

    public NatKind Kind => kind;

    /// <summary>What the world sees of all behind it; port 0.</summary>
    public PeerEndPoint Address { get; } = address.AddressKey;

    /// <summary>Whether strangers reach those behind it.</summary>
    public bool LetsStrangersIn => kind == NatKind.FullCone;

    /// <summary>Whether nobody is behind it.</summary>
    public bool IsEmpty => _hosts.Count == 0;

    /// <summary>Whether several hosts share its address.</summary>
    public bool IsShared => _hosts.Count > 1;

    /// <summary>How many addresses behind it have been given away.</summary>
    public int Given { get; private set; }

    /// <summary>Gives an address behind it.</summary>
    public PeerEndPoint Give(ushort port) => new(FirstInside + (uint)Given++, port);

    /// <summary>What it remembers: ports, and whom they are open to.</summary>
    public int Doors => _byPort.Count + _byPort.Values.Sum(static mapping => mapping.Open?.Count ?? 0);

    /// <summary>Whether a host has that address behind it.</summary>
    public bool IsTaken(in PeerEndPoint inside) => _hosts.ContainsKey(inside);

    public void Connect(SimulatedHost host) => _hosts.Add(host.EndPoint, host);

    public void Disconnect(SimulatedHost host) => _hosts.Remove(host.EndPoint);

    /// <summary>Where the world reaches a host whose port is the same for all; port 0 when it has none.</summary>
    public PeerEndPoint OutsideOf(in PeerEndPoint inside) => _byInside.TryGetValue((inside, default), out Mapping? mapping) ? Address.WithPort(mapping.Port) : Address;

    /// <summary>Lets a datagram out.</summary>
    /// <param name="inside">Who sends.</param>
    /// <param name="to">To whom.</param>
    /// <param name="now">The time.</param>
    /// <returns>Where it seems to come from.</returns>
    public PeerEndPoint Leave(in PeerEndPoint inside, in PeerEndPoint to, TimeSpan now)
    {
        (PeerEndPoint, PeerEndPoint) key = (inside, kind == NatKind.Symmetric ? to : default);
        if (!_byInside.TryGetValue(key, out Mapping? mapping) || mapping.Expires <= now)
            mapping = Open(key, now);
        mapping.Expires = now + timeout;
        if (kind is NatKind.RestrictedCone or NatKind.PortRestrictedCone or NatKind.Firewall)
            Allow(mapping, kind == NatKind.RestrictedCone ? to.AddressKey : to, now);
        return Address.WithPort(mapping.Port);
    }

    /// <summary>Lets a datagram in, or not.</summary>
    /// <returns>Who gets it; null for nobody.</returns>
    public SimulatedHost? Enter(int port, in PeerEndPoint from, TimeSpan now)
    {
        if (!_byPort.TryGetValue(port, out Mapping? mapping) || mapping.Expires <= now)
            return null;
        bool isOpen = kind switch
        {
            NatKind.FullCone => true,
            NatKind.Symmetric => mapping.Remote == from,
            NatKind.RestrictedCone => IsOpen(mapping, from.AddressKey, now),
            _ => IsOpen(mapping, from, now),
        };
        return isOpen ? _hosts.GetValueOrDefault(mapping.Inside) : null;
    }

    private static bool IsOpen(Mapping mapping, in PeerEndPoint remote, TimeSpan now) => mapping.Open!.TryGetValue(remote, out TimeSpan until) && until > now;

    private Mapping Open((PeerEndPoint Inside, PeerEndPoint Remote) key, TimeSpan now)
    {
        if (_byPort.Count >= _purgeAt)
            Purge(now);
        // A cone keeps the port if it can (RFC 4787, 4.2.1); a symmetric NAT has to take another for each.
        int port = kind == NatKind.Symmetric ? Scatter(AddressHash.OfWay(key.Inside, key.Remote, (ulong)key.Remote.Port)) : key.Inside.Port;
        while (_byPort.TryGetValue(port, out Mapping? other) && other.Expires > now)
            port = Scatter((ulong)port);
        if (_byPort.Remove(port, out Mapping? expired))
            _byInside.Remove((expired.Inside, expired.Remote));
        Mapping mapping = new(key.Inside, key.Remote, port);
        if (_byInside.Remove(key, out Mapping? former))
            _byPort.Remove(former.Port);
        _byInside.Add(key, mapping);
        _byPort.Add(port, mapping);
        return mapping;
    }

    private void Allow(Mapping mapping, in PeerEndPoint remote, TimeSpan now)
    {
        Dictionary<PeerEndPoint, TimeSpan> open = mapping.Open ??= [];
        if (open.Count >= mapping.PurgeAt)
        {
            foreach ((PeerEndPoint key, TimeSpan until) in open)
                if (until <= now)
                    open.Remove(key);
            mapping.PurgeAt = Math.Max(32, 2 * open.Count);
        }
        open[remote] = now + timeout;
    }

    private void Purge(TimeSpan now)
    {
        foreach ((int port, Mapping mapping) in _byPort)
            if (mapping.Expires <= now)
            {
                _byPort.Remove(port);
                _byInside.Remove((mapping.Inside, mapping.Remote));
            }
        _purgeAt = Math.Max(32, 2 * _byPort.Count);
    }

    private static int Scatter(ulong bits) => FirstPort + (int)(SimulationRandom.Mix(bits) % (ushort.MaxValue + 1 - FirstPort));
}
