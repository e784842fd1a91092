using System.Net.NetworkInformation;
using System.Net.Sockets;
using Discovery.Mdns;

namespace Discovery.Transports;

/// <summary>A network interface as mDNS sees it: where it is, and the addresses of this host on it.</summary>
internal sealed record MulticastInterface(string Name, int Index, IReadOnlyList<LinkAddress> Addresses)
{
    /// <summary>Whether it has an address of this family.</summary>
    public bool Has(bool ipv4) => Addresses.Any(address => address.Address.IsIPv4 == ipv4);

    /// <summary>The interfaces of this machine that are up and have an address.</summary>
    /// <param name="names">The ones to take, whatever they are; with none, all that can multicast, but for loopback.</param>
    /// <exception cref="NetworkInformationException">The system does not tell.</exception>
    public static IReadOnlyList<MulticastInterface> List(IReadOnlyList<string> names)
    {
        List<MulticastInterface> found = [];
        foreach (NetworkInterface card in NetworkInterface.GetAllNetworkInterfaces())
        {
            // Where the system cannot tell, as of tunnels and of loopback, it may well work.
            bool isUp = card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown;
            bool isWanted = names.Count > 0 ? names.Contains(card.Name) : card.SupportsMulticast && card.NetworkInterfaceType != NetworkInterfaceType.Loopback;
            if (!isUp || !isWanted)
                continue;
            IPInterfaceProperties properties = card.GetIPProperties();
            LinkAddress[] addresses = [.. properties.UnicastAddresses.Where(static address => address.Address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                .Select(static address => new LinkAddress(new(address.Address, MdnsNode.Port), address.PrefixLength))];
            if (addresses.Length > 0 && IndexOf(properties) is { } index)
                found.Add(new(card.Name, index, addresses));
        }
        return found;
    }

    private static int? IndexOf(IPInterfaceProperties properties)
    {
        try
        {
            return properties.GetIPv4Properties()?.Index ?? properties.GetIPv6Properties()?.Index;
        }
        catch (NetworkInformationException)
        {
            // It has no IPv4, or is gone since it was listed.
            return TryIndexIPv6(properties);
        }
    }

    private static int? TryIndexIPv6(IPInterfaceProperties properties)
    {
        try
        {
            return properties.GetIPv6Properties()?.Index;
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }
}
