using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Discovery.Cli.Output;

/// <summary>How the health of a service is shown, to scripts and to people.</summary>
internal static class HealthLine
{
    public static void Show(this Report report, DiscoveryHealth health)
    {
        if (report.Json is { } json)
        {
            json.Write("health", writer => Write(writer, health));
            return;
        }
        string reasons = string.Concat(health.Reasons.Select(static reason => "; " + reason));
        report.Console.WriteLine(HumanText.Harmless(string.Create(CultureInfo.InvariantCulture,
            $"health     {Name(health.Status)}, {health.AlivePeers} of {health.KnownPeers} peers alive, {health.TableSize} nodes, {Name(health.Reachability)}, {health.SentPerMinute:0} out and {health.ReceivedPerMinute:0} in a minute{reasons}")));
    }

    private static void Write(Utf8JsonWriter writer, DiscoveryHealth health)
    {
        writer.WriteString("status", Name(health.Status));
        PeerLine.WriteList(writer, "reasons", health.Reasons);
        writer.WriteNumber("known", health.KnownPeers);
        writer.WriteNumber("alive", health.AlivePeers);
        writer.WriteNumber("connected", health.ConnectedPeers);
        writer.WriteBoolean("dhtActive", health.IsDhtActive);
        writer.WriteNumber("tableSize", health.TableSize);
        writer.WriteString("reachability", Name(health.Reachability));
        writer.WriteNumber("sentPerMinute", health.SentPerMinute);
        writer.WriteNumber("receivedPerMinute", health.ReceivedPerMinute);
        writer.WriteStartArray("parts");
        foreach (DiscoveryPartHealth part in health.Parts)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", Name(part.Kind));
            writer.WriteString("name", part.Name);
            writer.WriteString("status", Name(part.Status));
            if (part.LastSuccess is { } success)
                writer.WriteString("lastSuccess", success.UtcDateTime);
            else
                writer.WriteNull("lastSuccess");
            writer.WriteString("lastError", part.LastError?.Message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary><c>BehindNat</c> is behind-nat.</summary>
    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
