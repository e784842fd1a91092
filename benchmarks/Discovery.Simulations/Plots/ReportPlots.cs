using Discovery.Simulation;

namespace Discovery.Simulations.Plots;

/// <summary>What a report shows, as plots.</summary>
internal static class ReportPlots
{
    private const string TunedName = "Discovery", PlainName = "plain Kademlia";
    private const int CurvePoints = 300;

    /// <summary>The plots of one run, and what each is called.</summary>
    public static IEnumerable<(string Name, Plot Plot)> Of(SimulationReport report) =>
        [("latency", Latency(report)), ("hops", Hops(report)), ("success", Success(report))];

    /// <summary>The plots of runs with different numbers of nodes.</summary>
    public static IEnumerable<(string Name, Plot Plot)> Of(IReadOnlyList<SimulationReport> sweep) =>
    [
        ("hops", Sweep(sweep, "Hops per lookup", "hops, mean", static report => report.Hops)),
        ("messages", Sweep(sweep, "Messages per lookup", "datagrams sent and received, mean", static report => report.MessagesPerLookup)),
    ];

    /// <summary>The part of all lookups that had its first value after so long.</summary>
    private static Plot Latency(SimulationReport report)
    {
        double[] all = [.. Runs(report).SelectMany(static run => run.Report.LatenciesMs).Where(static latency => latency > 0)];
        return new("Time to the first value", Subtitle(report), Axis.Logarithmic("milliseconds", all.DefaultIfEmpty(1).Min(), all.DefaultIfEmpty(1000).Max()), Axis.Linear("lookups", 0, 1, Percent),
            [.. Runs(report).Select(static run => new Series(run.Name, SeriesStyle.Line, run.Color, Curve(run.Report.LatenciesMs, run.Report.Lookups - run.Report.Expired)))]);
    }

    private static Plot Hops(SimulationReport report)
    {
        Series[] series = [.. Runs(report).Select(static run => new Series(run.Name, SeriesStyle.Bars, run.Color,
            [.. run.Report.HopCounts.Select((count, hops) => ((double)hops, (double)count / run.Report.Lookups))]))];
        double[] heights = [.. series.SelectMany(static one => one.Points).Select(static point => point.Y)];
        return new("Hops to the nearest nodes", Subtitle(report), Axis.Counts("hops", 0, Math.Max(1, Runs(report).Max(static run => run.Report.HopCounts.Count) - 1)),
            Axis.Linear("lookups", 0, heights.DefaultIfEmpty(1).Max(), Percent), series);
    }

    private static Plot Success(SimulationReport report)
    {
        Series[] series =
        [
            OverTime("of the nearest nodes found", SeriesStyle.Line, 2, report, static window => window.Recall),
            // Often both are at the top all the time: dashes let what is beneath them be seen.
            .. Runs(report).Select(static run => OverTime($"success, {run.Name}", run.Color == 0 ? SeriesStyle.Line : SeriesStyle.Dashes, run.Color, run.Report, static window => window.Success)),
        ];
        if (report.Expired > 0)
            series = [OverTime("with nothing left to find", SeriesStyle.Line, 3, report, static window => (double)window.Expired / window.Lookups), .. series];
        double least = series.SelectMany(static one => one.Points).Select(static point => point.Y).Where(double.IsFinite).DefaultIfEmpty(0).Min();
        return new("Lookups over time", Subtitle(report), Axis.Linear("minutes of virtual time", 0, report.Scenario.Duration.TotalMinutes),
            Axis.Linear("lookups, nodes", least < 0.9 ? 0 : Math.Min(least, 0.99), 1, Percent), series)
        {
            Markers = [.. report.Scenario.Steps.Where(step => step.At <= report.Scenario.Duration).Select(static step => new Marker(step.At.TotalMinutes, Words(step.Fault.GetType().Name)))],
        };
    }

    private static Series OverTime(string name, SeriesStyle style, int color, SimulationReport report, Func<TimelineWindow, double> value) =>
        new(name, style, color, [.. report.Timeline.Where(static window => window.Lookups > 0).Select(window => (window.From.TotalMinutes, value(window)))]);

    private static Plot Sweep(IReadOnlyList<SimulationReport> sweep, string title, string unit, Func<SimulationReport, double> value)
    {
        List<Series> all = [];
        foreach ((string name, int color, SimulationReport[] reports) in new[] { (TunedName, 0, [.. sweep]), (PlainName, 1, sweep.Select(static report => report.Plain).OfType<SimulationReport>().ToArray()) })
        {
            (double X, double Y)[] points = [.. reports.Select(report => ((double)report.Scenario.Nodes, value(report)))];
            if (points.Length == 0)
                continue;
            all.Add(new(name, SeriesStyle.Dots, color, points));
            if (LogarithmicFit.Of(points) is { } fit)
                all.Add(new(fit.ToString(), SeriesStyle.Dashes, color, [.. new[] { points[0].X, points[^1].X }.Select(x => (x, fit.At(x)))]));
        }
        return new(title, $"{sweep[0].Scenario.Name}, seed {sweep[0].Seed}", Axis.Logarithmic("nodes", sweep.Min(static report => report.Scenario.Nodes), sweep.Max(static report => report.Scenario.Nodes)),
            Axis.Linear(unit, 0, all.SelectMany(static one => one.Points).Select(static point => point.Y).Where(double.IsFinite).DefaultIfEmpty(1).Max()), all);
    }

    private static List<(string Name, int Color, SimulationReport Report)> Runs(SimulationReport report)
    {
        List<(string, int, SimulationReport)> runs = [(TunedName, 0, report)];
        if (report.Plain is { } plain)
            runs.Add((PlainName, 1, plain));
        return runs;
    }

    /// <summary>The distribution function, in as many points as the eye can tell apart. Lookups that found nothing keep it from reaching the top.</summary>
    internal static List<(double X, double Y)> Curve(IReadOnlyList<double> sorted, int total)
    {
        List<(double, double)> points = [];
        int count = Math.Min(sorted.Count, CurvePoints);
        for (int i = 0; i < count; i++)
        {
            int index = count == 1 ? 0 : (int)((long)i * (sorted.Count - 1) / (count - 1));
            points.Add((sorted[index], (index + 1.0) / total));
        }
        return points;
    }

    private static string Subtitle(SimulationReport report) =>
        $"{report.Scenario.Name}, {Axis.Plain(report.Scenario.Nodes)} nodes, {Axis.Plain(report.Lookups)} lookups, seed {report.Seed}{(report.Scenario.Undefended == Defences.None ? "" : ", no defence")}";

    private static string Percent(double part) => Axis.Plain(Math.Round(part * 100, 3)) + " %";

    /// <summary>The name of a type in words: "MassKill" is "mass kill".</summary>
    private static string Words(string name) => string.Concat(name.Select(static (letter, i) => i > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
