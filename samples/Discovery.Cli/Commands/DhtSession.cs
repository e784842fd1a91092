using System.Net.Sockets;
using Discovery.Cli.Output;
using Discovery.Kademlia;
using Discovery.Transports;

namespace Discovery.Cli.Commands;

/// <summary>A node that joins a DHT for as long as one command runs. It asks and does not answer (BEP 43): nobody should keep the address of somebody who is about to leave.</summary>
internal sealed class DhtSession : IAsyncDisposable
{
    private DhtSession(DhtNode node, Report report) => (Node, Report) = (node, report);

    public DhtNode Node { get; }

    public Report Report { get; }

    /// <param name="listen">Where to listen; empty for what the contacts ask for.</param>
    /// <param name="bootstrap">Who knows the network. One that cannot be resolved is reported and left out.</param>
    /// <param name="contact">Somebody else who will be asked; null for nobody.</param>
    /// <param name="report">Where logs and messages go.</param>
    /// <param name="cancellationToken">Ends the wait for names.</param>
    /// <exception cref="UsageException">There is nobody to ask.</exception>
    /// <exception cref="SocketException">An end point cannot be bound.</exception>
    public static async Task<DhtSession> OpenAsync(
        PeerEndPoint[] listen, BootstrapNode[] bootstrap, BootstrapNode? contact, Report report, CancellationToken cancellationToken)
    {
        List<PeerEndPoint> routers = [];
        foreach (BootstrapNode host in bootstrap)
        {
            try
            {
                routers.AddRange(await host.ResolveAsync(cancellationToken));
            }
            catch (UsageException exception) when (bootstrap.Length > 1)
            {
                report.Note($"discovery: {exception.Message}");
            }
        }
        PeerEndPoint[] contacts = contact is not null ? [.. routers, .. await contact.ResolveAsync(cancellationToken)] : [.. routers];
        PeerEndPoint[] bound = listen.Length > 0 ? listen : ListenChoice.For(contacts);
        if (!contacts.Any(to => bound.Any(from => from.IsIPv4 == to.IsIPv4)))
            throw new UsageException(contacts.Length == 0 ? "None of the bootstrap hosts can be resolved." : "No host to ask has an address of the family that is listened on.");

        DhtNode node = new(bound.Select(endPoint => new UdpTransport(endPoint, new UdpTransportOptions { LoggerFactory = report.Logs })),
            new DhtNodeOptions { Kademlia = new KademliaOptions { IsReadOnly = true }, LoggerFactory = report.Logs });
        foreach (PeerEndPoint router in routers)
            node.AddRouter(router);
        try
        {
            node.Start();
        }
        catch (SocketException)
        {
            await node.DisposeAsync();
            throw;
        }
        return new(node, report);
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
