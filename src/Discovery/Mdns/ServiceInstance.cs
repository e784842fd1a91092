using System.Net;

namespace Discovery.Mdns;

/// <summary>A service found on the local network, with all that is needed to connect.</summary>
public sealed record ServiceInstance
{
    /// <summary>The instance name that people see, unescaped.</summary>
    public required string Instance { get; init; }

    /// <summary>The type, such as <c>_discovery._udp</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The host, such as <c>node-a.local.</c></summary>
    public required string Host { get; init; }

    /// <summary>The addresses of the host, those heard of first in front. A link-local IPv6 address carries its scope.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>The port, 0 to 65535. A service with port 0 wants no connection (RFC 6763 8).</summary>
    public required ushort Port { get; init; }

    /// <summary>The key/value pairs.</summary>
    public required ServiceText Text { get; init; }

    /// <summary>Whether all properties are the same; addresses in any order.</summary>
    public bool Equals(ServiceInstance? other) =>
        other is not null && Instance == other.Instance && Type == other.Type && Host == other.Host && Port == other.Port && Text.Equals(other.Text)
        && Addresses.Count == other.Addresses.Count && Addresses.All(other.Addresses.Contains);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Instance, Type, Host, Port, Text);
}
