using System.Net;
using Discovery.Mdns;

namespace Discovery.Layers;

/// <summary>A peer as a service on the local network (PROTOCOL, "LAN").</summary>
internal static class LocalService
{
    public const string Type = "_discovery._udp";

    private const string VersionKey = "txtvers", Version = "1", IdKey = "id", NetworkKey = "net";

    /// <summary>16 characters of z-base-32, 80 bits: nobody else has them.</summary>
    private const int NameLength = 16;

    /// <summary>The name of a peer's service and host.</summary>
    public static string NameOf(PeerId id) => id.ToString()[..NameLength];

    /// <summary>What all peers of a network share, and hardly any other.</summary>
    public static string SubtypeOf(NodeId topic) => $"_{topic.ToString()[..16]}";

    /// <summary>A peer that can be asked at this port.</summary>
    public static ServicePublication Publication(PeerId id, NodeId topic, ushort port) => new()
    {
        Instance = NameOf(id),
        Type = Type,
        Port = port,
        Subtypes = [SubtypeOf(topic)],
        Text = ServiceText.Create(new(VersionKey, Version), new(IdKey, id.ToString()), new(NetworkKey, topic.ToString())),
        IsInstanceUnique = true,
    };

    /// <summary>Who a service says it is; false when it is of another network, or malformed.</summary>
    public static bool TryRead(ServiceInstance service, NodeId topic, out PeerId id)
    {
        id = default;
        return service.Text[VersionKey] == Version && string.Equals(service.Text[NetworkKey], topic.ToString(), StringComparison.OrdinalIgnoreCase)
            && PeerId.TryParse(service.Text[IdKey], null, out id);
    }

    /// <summary>Where it may be asked, IPv4 in front: what a record can name, and so prove. Link-local IPv6 addresses mean nothing in one.</summary>
    public static IEnumerable<PeerEndPoint> EndPointsOf(ServiceInstance service) => service.Addresses
        .Where(static address => !address.IsIPv6LinkLocal)
        .OrderBy(static address => address.AddressFamily)
        .Select(address => new PeerEndPoint(address, service.Port))
        .Where(static endPoint => endPoint.IsUnicast);

    /// <summary>Whether an address of this machine is one at which the peer says it can be asked, at that port.</summary>
    public static bool IsAt(PeerInfo self, IPAddress address, int port) =>
        !address.IsIPv6LinkLocal && self.EndPoints.Contains(new PeerEndPoint(address, port));
}
