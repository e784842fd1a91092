using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Discovery.Cli;

/// <summary>Where to listen when the user does not say: on this machine only, unless somebody elsewhere is asked.</summary>
internal static class ListenChoice
{
    private static readonly PeerEndPoint s_elsewhereIPv4 = new(IPAddress.Any, 0), s_elsewhereIPv6 = new(IPAddress.IPv6Any, 0);

    /// <summary>For hosts that have not been resolved: any name but <c>localhost</c> is elsewhere and may be of either family.</summary>
    public static PeerEndPoint[] For(IReadOnlyCollection<BootstrapNode> hosts, bool isMainline)
    {
        List<PeerEndPoint> contacts = isMainline ? [s_elsewhereIPv4, s_elsewhereIPv6] : hosts.Count == 0 ? [new(IPAddress.Loopback, 0)] : [];
        foreach (BootstrapNode host in hosts)
        {
            if (IPAddress.TryParse(host.Host, out IPAddress? address))
                contacts.Add(new(address, host.Port));
            else if (host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
                contacts.AddRange([new(IPAddress.Loopback, host.Port), new(IPAddress.IPv6Loopback, host.Port)]);
            else
                contacts.AddRange([s_elsewhereIPv4, s_elsewhereIPv6]);
        }
        return For(contacts);
    }

    /// <summary>For peers on the same network: every interface, unless only loopback is used.</summary>
    public static PeerEndPoint[] ForLocal(IReadOnlyCollection<string> interfaces) => For(
        interfaces.Count > 0 && NetworkInterface.GetAllNetworkInterfaces().Where(card => interfaces.Contains(card.Name)).All(static card => card.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            ? [new(IPAddress.Loopback, 0)]
            : [s_elsewhereIPv4, s_elsewhereIPv6]);

    /// <summary>For each family of the contacts: loopback when all of them are there, every interface otherwise.</summary>
    public static PeerEndPoint[] For(IReadOnlyCollection<PeerEndPoint> contacts)
    {
        bool isLocal = contacts.All(static contact => contact.IsLoopback);
        List<IPAddress> addresses = [];
        if (contacts.Any(static contact => contact.IsIPv4))
            addresses.Add(isLocal ? IPAddress.Loopback : IPAddress.Any);
        if (contacts.Any(static contact => !contact.IsIPv4))
            addresses.Add(isLocal ? IPAddress.IPv6Loopback : IPAddress.IPv6Any);
        // A name may have an address of a family that this machine does not speak.
        if (addresses.Count > 1)
            addresses.RemoveAll(static address => !CanBind(address));
        return [.. addresses.Select(static address => new PeerEndPoint(address, 0))];
    }

    private static bool CanBind(IPAddress address)
    {
        try
        {
            using Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
