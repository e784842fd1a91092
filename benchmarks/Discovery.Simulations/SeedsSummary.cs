using System.Globalization;
using Discovery.Simulation;
using Discovery.Simulation.Invariants;

namespace Discovery.Simulations;

/// <summary>What many runs of one scenario have shown together.</summary>
/// <param name="Runs">The runs, in the order of their seeds.</param>
/// <param name="Total">All lookups as if they were of one run, with the first seed; its history is the hash over the histories.</param>
internal sealed record SeedsSummary(IReadOnlyList<SimulationReport> Runs, SimulationReport Total)
{
    /// <summary>The runs that broke an invariant.</summary>
    public IEnumerable<SimulationReport> Broken => Runs.Where(static run => run.Broken.Count > 0);

    /// <summary>What all runs broke together though none did alone: each is pardoned a little.</summary>
    public BrokenInvariant? Together => Total.Reached < InvariantMonitor.MinRecall * Total.Wanted
        ? new(RuleNames.Recall, default, string.Create(CultureInfo.InvariantCulture, $"{Total.Reached} of {Total.Wanted} of the nearest nodes were reached over all seeds"))
        : null;

    /// <param name="runs">The runs.</param>
    /// <param name="elapsed">How long all of them took.</param>
    /// <param name="processor">How much time of processors they took.</param>
    public static SeedsSummary Of(IReadOnlyList<SimulationReport> runs, TimeSpan elapsed, TimeSpan processor)
    {
        int lookups = runs.Sum(static run => run.Lookups), expired = runs.Sum(static run => run.Expired);
        double[] latencies = [.. runs.SelectMany(static run => run.LatenciesMs).Order()];
        double Mean(Func<SimulationReport, double> value) => runs.Where(static run => run.Lookups > 0).Sum(run => value(run) * run.Lookups) / lookups;
        SeedsSummary summary = new(runs, runs[0] with
        {
            CalmLookups = runs.Sum(static run => run.CalmLookups),
            Wanted = runs.Sum(static run => run.Wanted),
            Reached = runs.Sum(static run => run.Reached),
            History = runs.Aggregate(0UL, static (hash, run) => (ulong.RotateLeft(hash, 23) ^ run.History) * 0x9E37_79B9_7F4A_7C15),
            Lookups = lookups,
            Expired = expired,
            Success = (double)latencies.Length / (lookups - expired),
            Recall = Mean(static run => run.Recall),
            LatencyMs = Quantiles.Of(latencies),
            // Each run keeps three of these times only: the means of its quantiles are what can be said.
            CompleteMs = new(Mean(static run => run.CompleteMs.P50), Mean(static run => run.CompleteMs.P90), Mean(static run => run.CompleteMs.P99)),
            Hops = Mean(static run => run.Hops),
            MessagesPerLookup = Mean(static run => run.MessagesPerLookup),
            BytesPerNode = 0,
            Datagrams = runs.Sum(static run => run.Datagrams),
            DatagramsPerSecond = runs.Sum(static run => run.Datagrams) / processor.TotalSeconds,
            WallSeconds = elapsed.TotalSeconds,
            LatenciesMs = latencies,
            HopCounts = [],
            Timeline = [],
            Broken = [.. runs.SelectMany(static run => run.Broken)],
        });
        return summary.Together is { } together ? summary with { Total = summary.Total with { Broken = [.. summary.Total.Broken, together] } } : summary;
    }
}
