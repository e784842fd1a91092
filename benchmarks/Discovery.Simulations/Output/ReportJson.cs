using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Discovery.Simulation;
using Discovery.Simulations.Plots;

namespace Discovery.Simulations.Output;

/// <summary>Reports for scripts: one object on one line. What is no number is null.</summary>
internal static class ReportJson
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One run.</summary>
    /// <param name="report">What it has shown.</param>
    /// <param name="isInterrupted">Whether somebody ended it early.</param>
    /// <param name="withCourse">Whether how it went over time is told too, which makes the line long.</param>
    public static string Of(SimulationReport report, bool isInterrupted, bool withCourse = false) => Line(writer =>
    {
        WriteWhole(writer, report, withCourse);
        WriteEnd(writer, isInterrupted);
    });

    /// <summary>Runs with different numbers of nodes: the object of the largest one, with all of them in <c>sweep</c>.</summary>
    public static string Of(IReadOnlyList<SimulationReport> sweep, bool isInterrupted, bool withCourse = false) => Line(writer =>
    {
        WriteWhole(writer, sweep[^1], withCourse);
        WriteFit(writer, "hopsFit", sweep, static report => report.Hops);
        WriteFit(writer, "messagesFit", sweep, static report => report.MessagesPerLookup);
        writer.WriteStartArray("sweep");
        foreach (SimulationReport report in sweep)
        {
            writer.WriteStartObject();
            WriteWhole(writer, report, withCourse);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        WriteEnd(writer, isInterrupted);
    });

    /// <summary>Many seeds: all lookups together, and which seeds broke an invariant.</summary>
    public static string Of(SeedsSummary summary, bool isInterrupted) => Line(writer =>
    {
        WriteWhole(writer, summary.Total, false);
        writer.WriteNumber("seeds", summary.Runs.Count);
        writer.WriteStartArray("brokenSeeds");
        foreach (SimulationReport run in summary.Broken)
            writer.WriteNumberValue(run.Seed);
        writer.WriteEndArray();
        WriteEnd(writer, isInterrupted);
    });

    /// <summary>One object on one line.</summary>
    public static string Line(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteEnd(Utf8JsonWriter writer, bool isInterrupted)
    {
        writer.WriteNumber("peakBytes", Tables.PeakBytes);
        writer.WriteBoolean("interrupted", isInterrupted);
    }

    private static void WriteWhole(Utf8JsonWriter writer, SimulationReport report, bool withCourse)
    {
        writer.WriteNumber("seed", report.Seed);
        writer.WriteNumber("nodes", report.Scenario.Nodes);
        writer.WriteString("scenario", report.Scenario.Name);
        writer.WriteString("defence", report.Scenario.Undefended == Defences.None ? "on" : "off");
        WriteFigures(writer, report, withCourse);
        if (report.Plain is not { } plain)
        {
            writer.WriteNull("plain");
            writer.WriteNull("plainRatio");
            return;
        }
        writer.WriteStartObject("plain");
        WriteFigures(writer, plain, withCourse);
        writer.WriteEndObject();
        Write(writer, "plainRatio", Ratio(report));
    }

    /// <summary>How many times as long the first value takes with plain parameters.</summary>
    public static Quantiles Ratio(SimulationReport report) => report.Plain is { } plain
        ? new(plain.LatencyMs.P50 / report.LatencyMs.P50, plain.LatencyMs.P90 / report.LatencyMs.P90, plain.LatencyMs.P99 / report.LatencyMs.P99)
        : new(double.NaN, double.NaN, double.NaN);

    private static void WriteFigures(Utf8JsonWriter writer, SimulationReport report, bool withCourse)
    {
        // As text: readers that take numbers for doubles would lose its last digits.
        writer.WriteString("history", report.History.ToString("x16", CultureInfo.InvariantCulture));
        writer.WriteNumber("lookups", report.Lookups);
        writer.WriteNumber("expired", report.Expired);
        Write(writer, "success", report.Success);
        Write(writer, "recall", report.Recall);
        writer.WriteNumber("calmLookups", report.CalmLookups);
        Write(writer, "calmRecall", report.CalmRecall);
        Write(writer, "latencyMs", report.LatencyMs);
        Write(writer, "completeMs", report.CompleteMs);
        Write(writer, "hops", report.Hops);
        Write(writer, "messagesPerLookup", report.MessagesPerLookup);
        // Nothing is measured of one of many that run at a time.
        Write(writer, "bytesPerNode", report.BytesPerNode == 0 ? double.NaN : report.BytesPerNode);
        writer.WriteNumber("datagrams", report.Datagrams);
        Write(writer, "datagramsPerSecond", report.DatagramsPerSecond);
        Write(writer, "wallSeconds", report.WallSeconds);
        if (withCourse)
            WriteCourse(writer, report);
        writer.WriteStartArray("broken");
        foreach (BrokenInvariant broken in report.Broken)
        {
            writer.WriteStartObject();
            writer.WriteString("invariant", broken.Invariant);
            Write(writer, "atSeconds", broken.At.TotalSeconds);
            writer.WriteString("detail", broken.Detail);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteCourse(Utf8JsonWriter writer, SimulationReport report)
    {
        writer.WriteStartArray("hopCounts");
        foreach (int count in report.HopCounts)
            writer.WriteNumberValue(count);
        writer.WriteEndArray();
        writer.WriteStartArray("timeline");
        foreach (TimelineWindow window in report.Timeline)
        {
            writer.WriteStartObject();
            Write(writer, "fromSeconds", window.From.TotalSeconds);
            writer.WriteNumber("lookups", window.Lookups);
            writer.WriteNumber("expired", window.Expired);
            Write(writer, "success", window.Success);
            Write(writer, "recall", window.Recall);
            Write(writer, "latencyMs", window.LatencyMs);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteFit(Utf8JsonWriter writer, string name, IReadOnlyList<SimulationReport> sweep, Func<SimulationReport, double> value)
    {
        if (LogarithmicFit.Of([.. sweep.Select(report => ((double)report.Scenario.Nodes, value(report)))]) is not { } fit)
        {
            writer.WriteNull(name);
            return;
        }
        writer.WriteStartObject(name);
        Write(writer, "constant", fit.Constant);
        Write(writer, "perDoubling", fit.PerDoubling);
        Write(writer, "r2", fit.Determination);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, in Quantiles quantiles)
    {
        writer.WriteStartObject(name);
        Write(writer, "p50", quantiles.P50);
        Write(writer, "p90", quantiles.P90);
        Write(writer, "p99", quantiles.P99);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumber(name, Math.Round(value, 5));
        else
            writer.WriteNull(name);
    }
}
