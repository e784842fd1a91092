using System.Diagnostics;
using System.Globalization;
using Discovery.Simulation;
using Discovery.Simulations.Plots;
using Spectre.Console;

namespace Discovery.Simulations.Output;

/// <summary>Reports for people.</summary>
internal static class Tables
{
    /// <summary>Wide enough for every table: what is not a terminal has no width to fit into.</summary>
    private const int UnlimitedWidth = 1000;

    /// <summary>The most memory that this process has held.</summary>
    public static long PeakBytes
    {
        get
        {
            using Process process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    public static void Show(TextWriter output, SimulationReport report)
    {
        Table table = report.Plain is null ? Create("", report.Scenario.Name) : Create("", report.Scenario.Name, "plain Kademlia", "ratio");
        Facts(table, report);
        Write(output, table);
        output.WriteLine($"{Number(report.Scenario.Nodes)} nodes, {(report.Scenario.Undefended == Defences.None ? "" : "no defence, ")}seed {report.Seed}, history {report.History:x16}, simulated in {Seconds(report.WallSeconds + (report.Plain?.WallSeconds ?? 0))}, {Peak()}");
    }

    public static void Show(TextWriter output, SeedsSummary summary)
    {
        Table table = Create("", $"{summary.Total.Scenario.Name}, {Number(summary.Runs.Count)} seeds");
        Facts(table, summary.Total);
        Write(output, table);
        output.WriteLine($"{Number(summary.Total.Scenario.Nodes)} nodes, {Number(summary.Runs.Count)} seeds from {summary.Total.Seed} on, history {summary.Total.History:x16}, simulated in {Seconds(summary.Total.WallSeconds)}, {Peak()}");
        output.WriteLine($"{Number(summary.Broken.Count())} of {Number(summary.Runs.Count)} seeds broke an invariant");
    }

    public static void Show(TextWriter output, IReadOnlyList<SimulationReport> sweep)
    {
        bool hasPlain = sweep.Any(static report => report.Plain is not null);
        Table table = hasPlain
            ? Create("nodes", "hops", "plain", "messages", "plain", "first value p50, ms", "p99, ms", "success", "bytes/node", "datagrams/s", "simulated in")
            : Create("nodes", "hops", "messages", "first value p50, ms", "p99, ms", "success", "bytes/node", "datagrams/s", "simulated in");
        foreach (SimulationReport report in sweep)
        {
            string[] plain = hasPlain ? [Number(report.Plain?.Hops, 2), Number(report.Plain?.MessagesPerLookup, 1)] : [];
            table.Row([Number(report.Scenario.Nodes), Number(report.Hops, 2), .. plain.Take(1), Number(report.MessagesPerLookup, 1), .. plain.Skip(1),
                Number(report.LatencyMs.P50), Number(report.LatencyMs.P99), report.Lookups == 0 ? "no lookups" : Percent(report.Success), Number(report.BytesPerNode), Number(report.DatagramsPerSecond),
                Seconds(report.WallSeconds + (report.Plain?.WallSeconds ?? 0))]);
        }
        Write(output, table);
        foreach ((string name, Func<SimulationReport, double> value) in new (string, Func<SimulationReport, double>)[] { ("hops", static report => report.Hops), ("messages", static report => report.MessagesPerLookup) })
            if (LogarithmicFit.Of([.. sweep.Select(report => ((double)report.Scenario.Nodes, value(report)))]) is { } fit)
                output.WriteLine($"{name}: {fit}");
        output.WriteLine(Peak());
    }

    /// <summary>A table of plain cells, numbers but for the first column: nothing in them is taken for markup.</summary>
    public static Table Create(params ReadOnlySpan<string> columns)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in columns)
            table.AddColumn(new TableColumn(new Text(column)) { NoWrap = true, Alignment = table.Columns.Count == 0 ? Justify.Left : Justify.Right });
        return table;
    }

    public static void Row(this Table table, params IEnumerable<string> cells) => table.AddRow(cells.Select(static cell => new Text(cell)));

    public static void Write(TextWriter output, Table table)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = UnlimitedWidth;
        console.Write(table);
    }

    public static string Number(double? value, int digits = 0) =>
        value is { } known && double.IsFinite(known) ? known.ToString($"#,0.{new string('0', digits)}", CultureInfo.InvariantCulture).Replace(',', ' ') : "–";

    private static void Facts(Table table, SimulationReport report)
    {
        Add("lookups", static run => run.Lookups, static value => value == 0 ? "no lookups" : Number(value));
        if (report.Expired + (report.Plain?.Expired ?? 0) > 0)
            Add("of expired keys", static run => run.Expired, static value => Number(value));
        Add("success", static run => run.Success, Percent);
        Add("of the nearest nodes found", static run => run.Recall, Percent);
        Add("lookups when calm", static run => run.CalmLookups, static value => Number(value));
        Add("of the nearest, when calm", static run => run.CalmRecall, Percent);
        Add("first value p50, ms", static run => run.LatencyMs.P50, static value => Number(value, 1), true);
        Add("first value p90, ms", static run => run.LatencyMs.P90, static value => Number(value, 1), true);
        Add("first value p99, ms", static run => run.LatencyMs.P99, static value => Number(value, 1), true);
        Add("complete p50, ms", static run => run.CompleteMs.P50, static value => Number(value, 1), true);
        Add("complete p90, ms", static run => run.CompleteMs.P90, static value => Number(value, 1), true);
        Add("complete p99, ms", static run => run.CompleteMs.P99, static value => Number(value, 1), true);
        Add("hops", static run => run.Hops, static value => Number(value, 2), true);
        Add("messages per lookup", static run => run.MessagesPerLookup, static value => Number(value, 1), true);
        Add("bytes per node", static run => run.BytesPerNode == 0 ? double.NaN : run.BytesPerNode, static value => Number(value));
        Add("datagrams", static run => run.Datagrams, static value => Number(value));
        Add("datagrams per second", static run => run.DatagramsPerSecond, static value => Number(value));
        Add("broken invariants", static run => run.Broken.Count, static value => Number(value));

        void Add(string name, Func<SimulationReport, double> value, Func<double, string> text, bool compared = false)
        {
            if (report.Plain is { } plain)
                table.Row(name, text(value(report)), text(value(plain)), compared ? Number(value(plain) / value(report), 2) : "");
            else
                table.Row(name, text(value(report)));
        }
    }

    private static string Peak() => $"{Number(PeakBytes / (double)(1 << 20))} MiB at most";

    private static string Percent(double part) => double.IsFinite(part) ? $"{Number(part * 100, 2)} %" : "–";

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
}
