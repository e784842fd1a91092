using System.Net;
using System.Net.Sockets;
using Discovery.Mdns;

namespace Discovery.Transports;

/// <content>The links: one for each interface and family, as the machine has them.</content>
public sealed partial class MdnsHost
{
    /// <summary>How often it is looked what the system has not told.</summary>
    private static readonly TimeSpan s_checkInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _checkGate = new();
    private readonly IMulticastNetwork _network;
    private readonly Func<IPAddress, bool> _isPublished;
    private readonly Dictionary<int, Link> _links = [];
    private readonly HashSet<int> _refused = [];
    private ITimer? _checkTimer;
    private IDisposable? _subscription;
    private Exception? _error;
    private TimeSpan _linkedAt;

    /// <summary>How many links there are, and on how many of them something can be sent.</summary>
    internal (int All, int Usable) Links
    {
        get
        {
            lock (_gate)
                return (_links.Count, _links.Values.Count(static link => link.SendError is null));
        }
    }

    /// <summary>How long ago the last link came: since then all that is searched for has been asked on all of them.</summary>
    internal TimeSpan LinkAge
    {
        get
        {
            lock (_gate)
                return Now - _linkedAt;
        }
    }

    /// <summary>Takes part from now on, on every interface that is there and on those that come. Does not throw when there is none: <see cref="Error"/> tells.</summary>
    /// <exception cref="InvalidOperationException">It has been started before.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_timer is not null)
                throw new InvalidOperationException("The host has been started before.");
            _timer = _time.CreateTimer(static state => ((MdnsHost)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        CheckLinks();
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _subscription = _network.Watch(CheckLinks);
            _checkTimer = _time.CreateTimer(static state => ((MdnsHost)state!).CheckLinks(), this, s_checkInterval, s_checkInterval);
        }
    }

    /// <summary>Completes when there is a link, at once if there is one already.</summary>
    internal Task WaitForLinkAsync(CancellationToken cancellationToken) => Waiters.WaitUntilAsync(_ => _links.Count > 0, cancellationToken);

    /// <summary>Whether an address of this host is on an interface in use.</summary>
    internal bool HasAddress(IPAddress address)
    {
        lock (_gate)
            return _links.Values.Any(link => link.Addresses.Any(own => own.Address.Address.Equals(address)));
    }

    /// <summary>Makes the links what the machine has now. Never throws.</summary>
    internal void CheckLinks()
    {
        // One at a time, so that an older list does not come after a newer one.
        lock (_checkGate)
        {
            try
            {
                IReadOnlyList<MulticastInterface> cards = _network.ListInterfaces();
                int own;
                lock (_gate)
                    own = _links.Count;
                bool isShared = _network.IsPortShared(own);
                lock (_gate)
                    Apply(cards, isShared);
            }
            catch (Exception exception)
            {
                lock (_gate)
                    _error = exception;
                MdnsHostLog.ListFailed(_logger, exception);
            }
        }
    }

    private static int IdOf(int interfaceIndex, bool ipv4) => interfaceIndex * 2 + (ipv4 ? 0 : 1);

    private void Apply(IReadOnlyList<MulticastInterface> cards, bool isShared)
    {
        if (_isDisposed)
            return;
        TimeSpan now = Now;
        _node.IsPortShared = isShared;
        foreach ((int id, Link link) in _links)
            if (!cards.Any(card => card.Index == link.Card.Index && card.Has(link.IsIPv4)))
                Close(id, link, now);
        if (cards.Count == 0)
            _error = new DiscoveryException("No network interface can be used for multicast.");
        foreach (MulticastInterface card in cards)
            foreach (bool ipv4 in (ReadOnlySpan<bool>)[true, false])
                if (card.Has(ipv4))
                    Use(card, ipv4, isShared, now);
        Flush(now);
    }

    private void Use(MulticastInterface card, bool ipv4, bool isShared, TimeSpan now)
    {
        int id = IdOf(card.Index, ipv4);
        LinkAddress[] addresses = [.. card.Addresses.Select(address => address with { IsPublished = _isPublished(address.Address.Address) })];
        if (_links.TryGetValue(id, out Link? known))
        {
            if (known.Addresses.SequenceEqual(addresses))
                return;
            (known.Card, known.Addresses) = (card, addresses);
            known.Socket.AddressesChanged(card);
            _node.ChangeAddresses(id, addresses, now);
            return;
        }
        try
        {
            IMulticastSocket socket = _network.Open(card, ipv4, isShared, (datagram, in source, index, viaMulticast) => Receive(datagram, source, LinkOf(index, ipv4, id), viaMulticast));
            _links.Add(id, new(socket, ipv4) { Card = card, Addresses = addresses });
            _refused.Remove(id);
            _linkedAt = now;
            _node.AddLink(id, ipv4, card.Index, addresses, now);
            MdnsHostLog.Opened(_logger, card.Name, ipv4 ? "IPv4" : "IPv6", isShared);
        }
        catch (SocketException exception)
        {
            _error = exception;
            // Tried again at every check, told once.
            if (_refused.Add(id))
                MdnsHostLog.OpenFailed(_logger, card.Name, exception);
        }
    }

    private void Close(int id, Link link, TimeSpan now)
    {
        _links.Remove(id);
        _node.RemoveLink(id, now);
        link.Socket.Dispose();
        MdnsHostLog.Closed(_logger, link.Card.Name, link.IsIPv4 ? "IPv4" : "IPv6");
    }

    /// <summary>What this host sends to itself comes in on loopback, whichever link it belongs to.</summary>
    private int LinkOf(int interfaceIndex, bool ipv4, int fallback)
    {
        int id = IdOf(interfaceIndex, ipv4);
        lock (_gate)
            return _links.ContainsKey(id) ? id : fallback;
    }

    private sealed class Link(IMulticastSocket socket, bool isIPv4)
    {
        public IMulticastSocket Socket => socket;

        public bool IsIPv4 => isIPv4;

        public required MulticastInterface Card { get; set; }

        public required LinkAddress[] Addresses { get; set; }

        /// <summary>Why the last multicast could not be sent; null when it could.</summary>
        public Exception? SendError { get; set; }
    }
}
