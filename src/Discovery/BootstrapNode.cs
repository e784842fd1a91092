using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Discovery;

/// <summary>A first contact: a host that is asked, not yet resolved.</summary>
public sealed record BootstrapNode
{
    /// <summary>The host and the UDP port: <c>node.example:6881</c>, <c>192.0.2.1:6881</c>, <c>[2001:db8::1]:6881</c>.</summary>
    /// <exception cref="ArgumentException">It is not of that form, or the port is not 1 to 65535.</exception>
    public required string EndPoint
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(EndPoint));
            if (!TrySplit(value, out string host, out int port))
                throw new ArgumentException($"'{value}' is not host:port with a port of 1 to 65535; an IPv6 address stands in brackets.", nameof(EndPoint));
            (field, Host, Port) = (value, host, port);
        }
    }

    /// <summary>The host name or address of <see cref="EndPoint"/>, without brackets.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The UDP port of <see cref="EndPoint"/>: 1 to 65535.</summary>
    public int Port { get; private init; }

    /// <summary>Who is said to be there. <value>Default null: not said.</value></summary>
    public PeerId? Id { get; init; }

    /// <summary>Where it is said to be. <value>Default null: not said.</value></summary>
    public string? Region { get; init; }

    /// <summary>The name of the source it came from. <value>Default empty.</value></summary>
    public string Source { get; init; } = "";

    internal static bool TrySplit(string text, out string host, out int port)
    {
        int colon = text.LastIndexOf(':');
        host = colon < 0 ? text : text[..colon];
        bool hasPort = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue;
        if (colon <= 0 || !hasPort)
            return false;
        if (host is not ['[', .. string inner, ']'])
            return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;
        host = inner;
        return IPAddress.TryParse(inner, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }
}
