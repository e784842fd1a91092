using System.Net;
using System.Net.Sockets;

namespace Discovery.Cli;

/// <summary>From host names to addresses.</summary>
internal static class HostNames
{
    /// <summary>Every address of the host, each once.</summary>
    /// <exception cref="UsageException">The host is unknown.</exception>
    public static async Task<PeerEndPoint[]> ResolveAsync(this BootstrapNode node, CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(node.Host, cancellationToken);
            return [.. addresses.Select(address => new PeerEndPoint(address, node.Port)).Distinct()];
        }
        catch (SocketException exception)
        {
            throw new UsageException($"The host '{node.Host}' cannot be resolved: {exception.Message}.");
        }
    }
}
