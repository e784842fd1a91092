using System.Net;
using System.Net.NetworkInformation;
using Discovery.Transports;

namespace Discovery.Service;

/// <summary>Where this peer says it can be reached.</summary>
internal static class OwnEndPoints
{
    /// <summary>The advertised end points; else those that are bound, with the machine's addresses for an unspecified one, and what other nodes see.</summary>
    /// <returns>At most 8; on the public network public ones only.</returns>
    public static List<PeerEndPoint> Find(DhtNode node, DiscoveryOptions options, bool isPublic)
    {
        List<PeerEndPoint> found = [];
        foreach (IPEndPoint endPoint in options.Advertised)
            Add(PeerEndPoint.FromIPEndPoint(endPoint));
        if (found.Count > 0)
            return found;
        foreach (PeerEndPoint bound in Bound(node))
            Add(bound);
        if (node.ExternalAddress(ipv4: true) is { } external4)
            Add(external4);
        if (node.ExternalAddress(ipv4: false) is { } external6)
            Add(external6);
        return found;

        void Add(in PeerEndPoint endPoint)
        {
            if (endPoint.IsUnicast && !(isPublic && endPoint.IsPrivate) && !found.Contains(endPoint) && found.Count < PeerRecord.MaxEndPoints)
                found.Add(endPoint);
        }
    }

    /// <summary>The end points that are bound, each unspecified one as those that it stands for now.</summary>
    public static IEnumerable<PeerEndPoint> Bound(DhtNode node) => node.LocalEndPoints.SelectMany(static bound => bound.IsUnicast
        ? [bound]
        : MachineAddresses().Select(address => new PeerEndPoint(address, bound.Port)).Where(own => own.IsIPv4 == bound.IsIPv4));

    /// <summary>Those that others may reach before loopback, which only peers on this machine do.</summary>
    private static IEnumerable<IPAddress> MachineAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(static card => card.OperationalStatus == OperationalStatus.Up)
        .SelectMany(static card => card.GetIPProperties().UnicastAddresses)
        .Select(static address => address.Address)
        .Where(static address => !address.IsIPv6LinkLocal)
        .OrderBy(IPAddress.IsLoopback);
}
