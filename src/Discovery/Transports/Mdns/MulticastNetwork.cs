using System.Net.NetworkInformation;
using System.Net.Sockets;
using Discovery.Mdns;
using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>The interfaces of this machine.</summary>
/// <param name="names">The ones to use; with none, all that can multicast, but for loopback.</param>
/// <param name="logger">Where logs go.</param>
internal sealed class MulticastNetwork(IReadOnlyList<string> names, ILogger logger) : IMulticastNetwork
{
    public IReadOnlyList<MulticastInterface> ListInterfaces() => MulticastInterface.List(names);

    public bool IsPortShared(int ownSockets)
    {
        try
        {
            return IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().Count(static listener => listener.Port == MdnsNode.Port) > ownSockets;
        }
        catch (Exception exception) when (exception is NetworkInformationException or PlatformNotSupportedException or IOException or UnauthorizedAccessException)
        {
            // Not told: nothing is asked for that only one of two would get.
            return true;
        }
    }

    public IMulticastSocket Open(MulticastInterface card, bool ipv4, bool isPortShared, MulticastReceiver receiver)
    {
        Socket? socket = null;
        try
        {
            socket = MulticastSocketOptions.Open(card, ipv4, isPortShared);
            return new MulticastSocket(socket, card, ipv4, receiver, logger);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new SocketException((int)exception.SocketErrorCode, $"Cannot multicast on {card.Name} over {(ipv4 ? "IPv4" : "IPv6")}: {exception.Message}");
        }
    }

    public IDisposable Watch(Action changed) => new Subscription(changed);

    private sealed class Subscription : IDisposable
    {
        private readonly Action _changed;

        public Subscription(Action changed)
        {
            _changed = changed;
            NetworkChange.NetworkAddressChanged += OnAddress;
            NetworkChange.NetworkAvailabilityChanged += OnAvailability;
        }

        public void Dispose()
        {
            NetworkChange.NetworkAddressChanged -= OnAddress;
            NetworkChange.NetworkAvailabilityChanged -= OnAvailability;
        }

        private void OnAddress(object? sender, EventArgs e) => _changed();

        private void OnAvailability(object? sender, NetworkAvailabilityEventArgs e) => _changed();
    }
}
