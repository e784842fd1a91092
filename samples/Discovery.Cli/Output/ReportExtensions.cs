using System.Globalization;
using System.Text.Json;
using Discovery.Kademlia;
using Spectre.Console;

namespace Discovery.Cli.Output;

/// <summary>What several commands show in the same way.</summary>
internal static class ReportExtensions
{
    /// <summary>A table, and what it took; nothing when scripts read the output.</summary>
    public static void Show(this Report report, Table table, DhtStatistics? statistics = null)
    {
        if (report.Json is not null)
            return;
        report.Console.Write(table);
        if (statistics is not null)
        {
            report.Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{statistics.Answered} of {statistics.Queried} queries answered, {statistics.Hops} hops, {statistics.Elapsed.TotalSeconds:0.00} s"));
        }
    }

    /// <summary>One line: what happened to a peer.</summary>
    public static void Show(this Report report, PeerEvent change)
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
                if (change.Reason is { } reason)
                    writer.WriteString("reason", JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString()));
                PeerLine.Write(writer, change.Peer);
            });
            return;
        }
        report.Console.WriteLine($"{kind,-10} {string.Join("  ", PeerLine.Cells(change.Peer).Where(static cell => cell.Length > 0))}");
    }

    /// <summary>What became of something that should be stored.</summary>
    /// <returns>The exit code.</returns>
    public static int Show(this Report report, DhtStored stored, SignedItem? signed = null)
    {
        if (report.Json is { } json)
        {
            json.Write("stored", writer => WriteStored(writer, stored, signed));
        }
        else if (stored.Acknowledged > 0)
        {
            Table table = HumanText.Facts();
            table.Row("target", stored.Target.ToString());
            if (signed is not null)
            {
                table.Row("sequence", $"{signed.Sequence}");
                table.Row("key", signed.Key.ToString());
            }
            table.Row("nodes asked", $"{stored.Asked}");
            table.Row("acknowledged", $"{stored.Acknowledged}");
            report.Show(table, stored.Statistics);
        }
        foreach ((int code, int count) in stored.Statistics.Errors)
            report.Note($"{count} {(count == 1 ? "node" : "nodes")} refused with {code}: {Explain(code)}.");
        if (stored.Acknowledged > 0)
            return ExitCode.Success;
        report.Note(stored.Statistics.Answered == 0 ? "No node answers." : "No node acknowledged.");
        return ExitCode.Nothing;
    }

    /// <summary>Milliseconds to the microsecond; null when unknown.</summary>
    public static void WriteMilliseconds(this Utf8JsonWriter writer, string name, TimeSpan? time)
    {
        if (time is { } known)
            writer.WriteNumber(name, Math.Round(known.TotalMilliseconds, 3));
        else
            writer.WriteNull(name);
    }

    private static void WriteStored(Utf8JsonWriter writer, DhtStored stored, SignedItem? signed)
    {
        writer.WriteString("target", stored.Target.ToString());
        writer.WriteNumber("asked", stored.Asked);
        writer.WriteNumber("acknowledged", stored.Acknowledged);
        writer.WriteStartObject("errors");
        foreach ((int code, int count) in stored.Statistics.Errors)
            writer.WriteNumber(code.ToString(CultureInfo.InvariantCulture), count);
        writer.WriteEndObject();
        if (signed is null)
            return;
        writer.WriteNumber("seq", signed.Sequence);
        writer.WriteString("key", signed.Key.ToString());
    }

    // BEP 5 and BEP 44.
    private static string Explain(int code) => code switch
    {
        201 => "generic error",
        202 => "server error",
        203 => "protocol error",
        204 => "method unknown",
        205 => "value too long",
        206 => "wrong signature",
        207 => "salt too long",
        301 => "the version it has is not the one that --cas names",
        302 => "it has a newer version",
        _ => "unknown error",
    };
}
