using System.Globalization;
using System.Net;
using Discovery;
using Discovery.Transports;
using Spectre.Console;

// A private network on this machine: one bootstrap host, twelve peers of which every second one offers "storage",
// and a newcomer that looks for five of those. Nothing outside of this machine is contacted.
const int Peers = 12, Wanted = 5;
const string Capability = "storage";

// The bootstrap host is any node of the DHT; it need not know what the peers use it for.
await using DhtNode bootstrap = new([new UdpTransport(new IPEndPoint(IPAddress.Loopback, 0))]);
bootstrap.Start();
string contact = bootstrap.LocalEndPoints[0].ToString();

List<IDiscoveryService> peers = [.. Enumerable.Range(0, Peers).Select(i => Create(i % 2 == 0 ? [Capability, "relay"] : ["relay"]))];
IDiscoveryService newcomer = Create([]);
try
{
    long started = TimeProvider.System.GetTimestamp();
    await Task.WhenAll(peers.Select(async peer =>
    {
        await peer.InitializeAsync();
        AnnounceResult announced = await peer.AnnouncePresenceAsync();
        if (announced.Acknowledged == 0)
            AnsiConsole.MarkupLineInterpolated($"[yellow]{peer.Self.Id} could not announce itself[/]");
    }));
    TimeSpan ready = TimeProvider.System.GetElapsedTime(started);

    started = TimeProvider.System.GetTimestamp();
    await newcomer.InitializeAsync();
    DiscoveryResult found = await newcomer.DiscoverPeersAsync(Wanted, new PeerFilter { Capability = Capability });
    TimeSpan took = TimeProvider.System.GetElapsedTime(started);

    Table table = new();
    foreach (string column in (string[])["Peer", "End point", "Round trip", "Score", "Source"])
        table.AddColumn(new TableColumn(column).NoWrap());
    foreach (PeerInfo peer in found.Peers)
        table.AddRow($"{peer.Id}"[..16], $"{peer.EndPoints[0]}", Milliseconds(peer.Rtt), peer.Score.ToString("F2", CultureInfo.InvariantCulture), string.Join(", ", peer.Sources));
    AnsiConsole.Write(table);
    AnsiConsole.WriteLine($"{Peers} peers joined and announced themselves in {Milliseconds(ready)}.");
    AnsiConsole.WriteLine($"The newcomer joined and found {found.Peers.Count} of {Wanted} in {Milliseconds(took)}, the search alone took {Milliseconds(found.Elapsed)}.");
    foreach (DiscoveryFailure failure in found.Failures)
        AnsiConsole.MarkupLineInterpolated($"[red]{failure.Layer}: {failure.Exception.Message}[/]");
    return found.Peers.Count == Wanted ? 0 : 1;
}
finally
{
    await Task.WhenAll(peers.Append(newcomer).Select(static peer => peer.DisposeAsync().AsTask()));
}

IDiscoveryService Create(string[] capabilities) => new DiscoveryServiceBuilder("quick-start", new DiscoveryOptions { Capabilities = capabilities })
    .AddBootstrap(new EndPointBootstrapSource(contact))
    .AddGlobalLayer()
    .Build();

static string Milliseconds(TimeSpan? time) => string.Create(CultureInfo.InvariantCulture, $"{time?.TotalMilliseconds:F1} ms");
