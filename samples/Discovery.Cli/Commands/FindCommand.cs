using System.CommandLine;
using System.Diagnostics;
using Discovery.Cli.Output;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery find</c>: peers of a network, each proven.</summary>
internal static class FindCommand
{
    private const int DefaultCount = 10;
    private const double DefaultTimeoutSeconds = 10;

    public static Command Create(SharedOptions shared)
    {
        PeerOptions options = new(shared, "What a peer has to offer, all of them.", "The region a peer has to be in, such as aws:us-east-1.");
        FilterOptions filters = new(options);
        Option<long?> count = Symbols.Number("--count", $"How many peers are enough. Default: {DefaultCount}.", 1, 10_000);
        Option<double> timeout = Symbols.Timeout(DefaultTimeoutSeconds);
        Option<DiscoveryStrategy> strategy = Symbols.Strategy();
        Option<bool> watch = new("--watch") { Description = "Keep looking, and keep a table of the best peers as they come and go; with --json one line per change. Ends on Ctrl-C, or after --timeout when it is given." };
        Command command = new("find", "Finds peers of a network and proves who they are.") { count, timeout, strategy, watch };
        filters.AddTo(command);
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using Report report = new(parsed, shared);
            using PeerIdentity? identity = options.LoadIdentity(parsed);
            bool isWatch = parsed.GetValue(watch);
            TimeSpan limit = TimeSpan.FromSeconds(parsed.GetValue(timeout));
            DiscoveryTiming timing = isWatch ? new() { JoinTimeout = TimeSpan.FromSeconds(1), DiscoverInterval = TimeSpan.MaxValue } : new() { DiscoveryTimeout = limit, JoinTimeout = limit };
            // Read-only whatever was said: whoever leaves in a moment is nobody to be found, and a dead entry in the tables of the others.
            await using IDiscoveryService service = options.Build(parsed, identity, report, built => built with { Strategy = parsed.GetValue(strategy), Timing = timing, IsReadOnly = true });
            PeerFilter filter = filters.Read(parsed);
            int most = (int)(parsed.GetValue(count) ?? DefaultCount);
            return isWatch
                ? await FindWatch.RunAsync(service, most, filter, parsed.GetResult(timeout) is { Implicit: false } ? limit : null, report, cancellationToken)
                : await RunAsync(service, most, filter, parsed.GetValue(strategy), limit, report, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(IDiscoveryService service, int count, PeerFilter filter, DiscoveryStrategy strategy, TimeSpan limit, Report report, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(limit);
        DiscoveryResult found = await report.WaitForAsync("Looking for peers", () => DiscoverAsync(service, count, filter, strategy, report, ending.Token));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        foreach (DiscoveryFailure failure in found.Failures)
            report.Note($"{failure.Layer}: {failure.Exception.Message}");
        if (report.Json is { } json)
            ShowLines(json, found, service.GetHealth().Parts.Where(static part => part.Kind == DiscoveryPartKind.Layer).Select(static part => part.Name), elapsed);
        else
            ShowTable(report, found, elapsed);
        return found.Peers.Count > 0 ? ExitCode.Success : ExitCode.Nothing;
    }

    /// <summary>Joins and searches. When the time is up, joining included, what has been proven by then counts.</summary>
    private static async Task<DiscoveryResult> DiscoverAsync(IDiscoveryService service, int count, PeerFilter filter, DiscoveryStrategy strategy, Report report, CancellationToken cancellationToken)
    {
        try
        {
            if (!await service.InitializeAsync(cancellationToken))
                report.Note("Nobody of the network has answered yet.");
            return await service.DiscoverPeersAsync(count, filter, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            IReadOnlyList<PeerInfo> peers = service.GetRecommendedPeers(count, filter);
            return new()
            {
                Peers = peers,
                SourceBreakdown = new Dictionary<string, int>(),
                Elapsed = TimeSpan.Zero,
                Strategy = strategy,
                Failures =
                [
                    .. service.GetHealth().Parts
                        .Where(static part => part is { Status: not DiscoveryStatus.Healthy, LastError: not null })
                        .Select(static part => new DiscoveryFailure(part.Name, part.LastError!)),
                ],
            };
        }
    }

    /// <summary>What was found, and what went wrong, for scripts.</summary>
    internal static void ShowLines(JsonLines json, DiscoveryResult found, IEnumerable<string> layers, TimeSpan elapsed)
    {
        foreach (PeerInfo peer in found.Peers)
            json.Write("peer", writer => PeerLine.Write(writer, peer));
        json.Write("result", writer =>
        {
            writer.WriteNumber("found", found.Peers.Count);
            writer.WriteMilliseconds("elapsedMs", elapsed);
            writer.WriteStartObject("sources");
            foreach ((string source, int peers) in CountBySource(found.Peers, layers))
                writer.WriteNumber(source, peers);
            writer.WriteEndObject();
            writer.WriteStartArray("failures");
            foreach (DiscoveryFailure failure in found.Failures)
            {
                writer.WriteStartObject();
                writer.WriteString("layer", failure.Layer);
                writer.WriteString("error", failure.Exception.Message);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }

    /// <summary>Every layer, and how many of the peers it found first. A peer that was known already counts for whoever found it.</summary>
    private static SortedDictionary<string, int> CountBySource(IEnumerable<PeerInfo> peers, IEnumerable<string> layers)
    {
        SortedDictionary<string, int> counts = new(layers.ToDictionary(static layer => layer, static _ => 0), StringComparer.Ordinal);
        foreach (PeerInfo peer in peers)
            if (peer.Sources is [string first, ..])
                counts[first] = counts.GetValueOrDefault(first) + 1;
        return counts;
    }

    private static void ShowTable(Report report, DiscoveryResult found, TimeSpan elapsed)
    {
        if (found.Peers.Count == 0)
        {
            report.Note("No peer found.");
            return;
        }
        report.Show(PeerLine.Table(found.Peers));
        report.Console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{found.Peers.Count} found in {elapsed.TotalSeconds:0.00} s"));
    }
}
