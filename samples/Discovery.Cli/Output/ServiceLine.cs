using System.Text.Json;
using Discovery.Mdns;
using Spectre.Console;

namespace Discovery.Cli.Output;

/// <summary>How a service of the local network is shown, to scripts and to people.</summary>
internal static class ServiceLine
{
    /// <summary>The members of a JSON line that tell a service.</summary>
    public static void Write(Utf8JsonWriter writer, ServiceInstance service) =>
        Write(writer, service.Instance, service.Type, service.Host, service.Addresses.Select(static address => address.ToString()), service.Port, service.Text);

    /// <summary>As above; without addresses when there are none to tell.</summary>
    public static void Write(Utf8JsonWriter writer, string instance, string type, string host, IEnumerable<string>? addresses, int port, ServiceText text)
    {
        writer.WriteString("instance", instance);
        writer.WriteString("type", type);
        writer.WriteString("host", HostText(host));
        if (addresses is not null)
            PeerLine.WriteList(writer, "addresses", addresses);
        writer.WriteNumber("port", port);
        writer.WriteStartObject("txt");
        foreach ((string key, string? value) in text)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    public static Table Table(IEnumerable<ServiceInstance> services)
    {
        Table table = HumanText.Table("instance", "host", "addresses", "port", "text");
        foreach (ServiceInstance service in services)
            table.Row(HumanText.Harmless(service.Instance), HumanText.Harmless(HostText(service.Host)), string.Join(' ', service.Addresses), $"{service.Port}",
                HumanText.Harmless(string.Join(' ', service.Text.Select(static pair => pair.Value is null ? pair.Key : $"{pair.Key}={pair.Value}"))));
        return table;
    }

    /// <summary>A host name as people and other programs write it.</summary>
    public static string HostText(string host) => host.TrimEnd('.');
}
