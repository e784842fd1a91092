using System.Text.Json;
using Spectre.Console;

namespace Discovery.Cli.Output;

/// <summary>How a peer is shown, to scripts and to people.</summary>
internal static class PeerLine
{
    /// <summary>The members of a JSON line that tell a peer.</summary>
    public static void Write(Utf8JsonWriter writer, PeerInfo peer)
    {
        writer.WriteString("id", peer.Id.ToString());
        WriteList(writer, "endpoints", peer.EndPoints.Select(static endPoint => endPoint.ToString()));
        WriteList(writer, "capabilities", peer.Capabilities);
        writer.WriteMilliseconds("rttMs", peer.Rtt);
        writer.WriteNumber("score", Math.Round(peer.Score, 4));
        WriteList(writer, "sources", peer.Sources);
    }

    private static string[] Columns { get; } = ["peer", "end point", "capabilities", "round trip", "score", "source"];

    /// <summary>One cell for each of <see cref="Columns"/>.</summary>
    public static string[] Cells(PeerInfo peer) =>
    [
        peer.Id.ToString(),
        peer.EndPoints.Count > 0 ? peer.EndPoints[0].ToString() : "",
        HumanText.Harmless(string.Join(' ', peer.Capabilities)),
        HumanText.Milliseconds(peer.Rtt),
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{peer.Score:0.00}"),
        string.Join(' ', peer.Sources),
    ];

    /// <summary>A table of peers.</summary>
    public static Table Table(IEnumerable<PeerInfo> peers)
    {
        Table table = HumanText.Table(Columns);
        foreach (PeerInfo peer in peers)
            table.Row(Cells(peer));
        return table;
    }

    public static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
