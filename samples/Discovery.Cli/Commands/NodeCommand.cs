using System.CommandLine;
using Discovery.Cli.Output;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery node</c>: a peer that runs until it is told to stop.</summary>
internal static class NodeCommand
{
    /// <summary>A node is ready when it can be asked, whether or not it has met anybody by then; it goes on trying to.</summary>
    private static readonly TimeSpan s_joinTimeout = TimeSpan.FromSeconds(1);

    /// <summary>A walk a minute is no burden to anybody, and newcomers are found within that time.</summary>
    private static readonly TimeSpan s_discoverInterval = TimeSpan.FromMinutes(1);

    private const double MaxSeconds = 86_400;

    public static Command Create(SharedOptions shared)
    {
        PeerOptions options = new(shared, "What this peer offers, once per capability.", "Where this peer is, such as aws:us-east-1.");
        Option<double?> healthInterval = Seconds("--health-interval", "How often to tell how the node is doing. Default: never.");
        Option<double?> sampleInterval = Seconds("--sample-interval", "In which time a tenth of the known peers, at least one, is asked whether they live. Default: 30.");
        Command command = new("node", "Runs a peer until it is stopped, and tells which peers come and go.") { healthInterval, sampleInterval };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using Report report = new(parsed, shared);
            using PeerIdentity? identity = options.LoadIdentity(parsed);
            await using IDiscoveryService service = options.Build(parsed, identity, report, built => built with
            {
                Capabilities = parsed.GetValue(options.Capability) ?? [],
                Region = parsed.GetValue(options.Region),
                Timing = new() { JoinTimeout = s_joinTimeout, DiscoverInterval = s_discoverInterval, SampleInterval = TimeSpan.FromSeconds(parsed.GetValue(sampleInterval) ?? built.Timing.SampleInterval.TotalSeconds) },
            });
            try
            {
                await RunAsync(service, parsed.GetValue(healthInterval) is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan, report, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                report.Note("Stopping.");
            }
            return ExitCode.Success;
        });
        return command;
    }

    private static Option<double?> Seconds(string name, string description) => Symbols.Real(name, "SECONDS", description, $"a number of seconds from 0.1 to {MaxSeconds:0}", static seconds => seconds is >= 0.1 and <= MaxSeconds);

    private static async Task RunAsync(IDiscoveryService service, TimeSpan healthInterval, Report report, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Before the start, so that no event is missed.
        IAsyncEnumerable<PeerEvent> events = service.WatchPeersAsync(cancellationToken: stopping.Token);
        await service.InitializeAsync(stopping.Token);
        ShowReady(service, report);
        Task telling = TellAsync(events, report), judging = JudgeAsync(service, healthInterval, report, stopping.Token);
        // Neither ends by itself: the first to end has been told to, or has failed.
        await Task.WhenAny(telling, judging);
        await stopping.CancelAsync();
        await Task.WhenAll(telling, judging);
    }

    private static async Task TellAsync(IAsyncEnumerable<PeerEvent> events, Report report)
    {
        await foreach (PeerEvent change in events)
            report.Show(change);
    }

    private static async Task JudgeAsync(IDiscoveryService service, TimeSpan interval, Report report, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(interval, cancellationToken);
            report.Show(service.GetHealth());
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
}
