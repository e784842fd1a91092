using Discovery.Cli.Output;
using Spectre.Console;

namespace Discovery.Cli.Commands;

/// <summary><c>discovery find --watch</c>: the peers that match, as they come and go.</summary>
internal static class FindWatch
{
    /// <param name="service">Not yet started.</param>
    /// <param name="count">How many peers the table shows.</param>
    /// <param name="filter">Which peers are wanted.</param>
    /// <param name="limit">When it ends; null for when it is told to.</param>
    /// <param name="report">Where it tells.</param>
    /// <param name="cancellationToken">Tells it to end.</param>
    /// <returns>The exit code: whether there was anybody.</returns>
    public static async Task<int> RunAsync(IDiscoveryService service, int count, PeerFilter filter, TimeSpan? limit, Report report, CancellationToken cancellationToken)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (limit is { } time)
            ending.CancelAfter(time);
        bool found = false;
        try
        {
            // Before the start, so that no event is missed.
            IAsyncEnumerable<PeerEvent> events = Note(service.WatchPeersAsync(filter, ending.Token));
            await service.InitializeAsync(ending.Token);
            Task telling = report.IsForTerminal ? ShowTableAsync(service, count, filter, events, report) : ShowLinesAsync(events, report);
            Task looking = LookAround.RunAsync(service, filter, ending.Token);
            // Neither ends by itself: the first to end has been told to, or has failed.
            await Task.WhenAny(telling, looking);
            await ending.CancelAsync();
            await Task.WhenAll(telling, looking);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            report.Note("Stopping.");
        }
        return found ? ExitCode.Success : ExitCode.Nothing;

        async IAsyncEnumerable<PeerEvent> Note(IAsyncEnumerable<PeerEvent> events)
        {
            await foreach (PeerEvent change in events)
            {
                found = true;
                yield return change;
            }
        }
    }

    private static async Task ShowLinesAsync(IAsyncEnumerable<PeerEvent> events, Report report)
    {
        await foreach (PeerEvent change in events)
            report.Show(change);
    }

    private static Task ShowTableAsync(IDiscoveryService service, int count, PeerFilter filter, IAsyncEnumerable<PeerEvent> events, Report report) =>
        report.Console.Live(PeerLine.Table([])).StartAsync(async live =>
        {
            live.Refresh();
            await foreach (PeerEvent _ in events)
            {
                live.UpdateTarget(PeerLine.Table(service.GetRecommendedPeers(count, filter)));
                live.Refresh();
            }
        });
}
