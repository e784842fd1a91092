namespace Discovery.Transports;

/// <summary>Takes a datagram from a multicast socket, on any thread.</summary>
/// <param name="datagram">Its bytes.</param>
/// <param name="source">Where it came from.</param>
/// <param name="interfaceIndex">The interface it came in on.</param>
/// <param name="viaMulticast">Whether it was sent to the group.</param>
internal delegate void MulticastReceiver(ReadOnlySpan<byte> datagram, in PeerEndPoint source, int interfaceIndex, bool viaMulticast);

/// <summary>The interfaces of a machine, and sockets on them.</summary>
internal interface IMulticastNetwork
{
    /// <summary>The interfaces to use now.</summary>
    /// <exception cref="System.Net.NetworkInformation.NetworkInformationException">The system does not tell.</exception>
    IReadOnlyList<MulticastInterface> ListInterfaces();

    /// <summary>Whether anybody but the owner of this many sockets listens on the port of mDNS.</summary>
    bool IsPortShared(int ownSockets);

    /// <summary>Opens a socket for one family on one interface.</summary>
    /// <param name="card">The interface.</param>
    /// <param name="ipv4">The family.</param>
    /// <param name="isPortShared">Whether another program has the port: then what is sent to this host alone is left to it.</param>
    /// <param name="receiver">Who gets what arrives.</param>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be opened.</exception>
    IMulticastSocket Open(MulticastInterface card, bool ipv4, bool isPortShared, MulticastReceiver receiver);

    /// <summary>Calls back whenever the interfaces may have changed, until disposed.</summary>
    IDisposable Watch(Action changed);
}

/// <summary>A socket of one family on one interface.</summary>
internal interface IMulticastSocket : IDisposable
{
    /// <summary>Sends now.</summary>
    /// <returns>Why the network does not take it; null when it does.</returns>
    Exception? Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination);

    /// <summary>The interface has other addresses now.</summary>
    void AddressesChanged(MulticastInterface card);
}
