using System.Net;
using System.Net.Sockets;

namespace Discovery.Transports;

/// <summary>What became of a host.</summary>
/// <param name="EndPoints">Its addresses, in the order of the resolver; empty when there is an error.</param>
/// <param name="Error">Why there are none; null when there are.</param>
internal sealed record ResolvedHost(IReadOnlyList<PeerEndPoint> EndPoints, Exception? Error);

/// <summary>Turns <c>host:port</c> into end points. An address that is written out never reaches a name server; a name that cannot be resolved is data.</summary>
/// <param name="lookup">How names are looked up; null asks the operating system.</param>
internal sealed class HostResolver(Func<string, CancellationToken, Task<IPAddress[]>>? lookup = null)
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookup = lookup ?? Dns.GetHostAddressesAsync;

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<ResolvedHost> ResolveAsync(BootstrapNode node, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IPAddress.TryParse(node.Host, out IPAddress? literal))
            return ToResult(node, [literal]);
        try
        {
            // The system's resolver may go on for a while after it was cancelled; nobody waits for it.
            return ToResult(node, await _lookup(node.Host, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return Fail(node, exception);
        }
    }

    private static ResolvedHost ToResult(BootstrapNode node, IPAddress[] addresses)
    {
        PeerEndPoint[] endPoints =
        [
            .. addresses.Where(static address => address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
                .Select(address => new PeerEndPoint(address, node.Port)).Where(static endPoint => endPoint.IsUnicast).Distinct(),
        ];
        return endPoints.Length > 0 ? new(endPoints, null) : Fail(node, null);
    }

    private static ResolvedHost Fail(BootstrapNode node, Exception? exception) => new([], new BootstrapException($"'{node.EndPoint}' has no address that can be sent to.", exception));
}
