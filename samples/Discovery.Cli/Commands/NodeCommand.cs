using System.CommandLine;
using Discovery.Cli.Output;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery node</c>: a peer that runs until it is told to stop.</summary>
internal static class NodeCommand
{
    /// <summary>A node is ready when it can be asked, whether or not it has met anybody by then; it goes on trying to.</summary>
    private static readonly TimeSpan s_joinTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Peers that start together find each other within seconds; later a walk a minute is no burden to anybody.</summary>
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1), s_longestPause = TimeSpan.FromMinutes(1);

    public static Command Create(SharedOptions shared)
    {
        PeerOptions options = new(shared, "What this peer offers, once per capability.");
        Command command = new("node", "Runs a peer until it is stopped, and tells which peers come and go.");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using Report report = new(parsed, shared);
            using PeerIdentity? identity = options.LoadIdentity(parsed);
            await using IDiscoveryService service = options.Build(parsed, identity, parsed.GetValue(options.Capability) ?? [], new DiscoveryTiming { JoinTimeout = s_joinTimeout }, report);
            try
            {
                await RunAsync(service, report, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                report.Note("Stopping.");
            }
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task RunAsync(IDiscoveryService service, Report report, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Before the start, so that no event is missed.
        IAsyncEnumerable<PeerEvent> events = service.WatchPeersAsync(cancellationToken: stopping.Token);
        await service.InitializeAsync(stopping.Token);
        ShowReady(service, report);
        Task telling = TellAsync(events, report), looking = LookAroundAsync(service, stopping.Token);
        // Neither ends by itself: the first to end has been told to, or has failed.
        await Task.WhenAny(telling, looking);
        await stopping.CancelAsync();
        await Task.WhenAll(telling, looking);
    }

    private static async Task TellAsync(IAsyncEnumerable<PeerEvent> events, Report report)
    {
        await foreach (PeerEvent change in events)
            Show(change, report);
    }

    /// <summary>Looks for peers from time to time. Whatever a round comes to is an event, so that nothing is to be done with what it yields.</summary>
    private static async Task LookAroundAsync(IDiscoveryService service, CancellationToken cancellationToken)
    {
        TimeSpan pause = s_firstPause;
        while (true)
        {
            // As long as nobody of the network has answered there is nobody to ask.
            if (service.GetHealth().Status != DiscoveryStatus.Unhealthy)
            {
                await foreach (PeerInfo peer in service.FindPeersAsync(cancellationToken: cancellationToken))
                    _ = peer;
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            }
            await Task.Delay(pause, cancellationToken);
        }
    }

    private static void ShowReady(IDiscoveryService service, Report report)
    {
        DiscoveryHealth health = service.GetHealth();
        string id = service.Self.Id.ToString(), nodeId = health.NodeIds[0].ToString();
        IEnumerable<string> listen = health.LocalEndPoints.Select(static endPoint => endPoint.ToString());
        if (report.Json is { } json)
        {
            json.Write("ready", writer =>
            {
                writer.WriteString("id", id);
                writer.WriteString("nodeId", nodeId);
                PeerLine.WriteList(writer, "listen", listen);
            });
            return;
        }
        Table table = HumanText.Facts();
        table.Row("peer", id);
        table.Row("node", nodeId);
        table.Row("listens on", string.Join(' ', listen));
        report.Show(table);
    }

    private static void Show(PeerEvent change, Report report)
    {
        string kind = change.Kind switch
        {
            PeerEventKind.Discovered => "discovered",
            PeerEventKind.Updated => "updated",
            _ => "lost",
        };
        if (report.Json is { } json)
        {
            json.Write("peer", writer =>
            {
                writer.WriteString("change", kind);
                PeerLine.Write(writer, change.Peer);
            });
            return;
        }
        report.Console.WriteLine($"{kind,-10} {string.Join("  ", PeerLine.Cells(change.Peer).Where(static cell => cell.Length > 0))}");
    }
}
