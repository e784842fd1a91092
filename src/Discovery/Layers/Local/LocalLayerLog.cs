using Discovery.Mdns;
using Microsoft.Extensions.Logging;

namespace Discovery.Layers;

/// <summary>Log messages of <see cref="LocalLayer"/>: event ids 5100 to 5199.</summary>
internal static partial class LocalLayerLog
{
    [LoggerMessage(5100, LogLevel.Debug, "Announced as {Instance} at port {Port} on {Links} links")]
    public static partial void Announced(ILogger logger, string instance, int port, int links);

    [LoggerMessage(5101, LogLevel.Debug, "{Change}: {Instance} at {Host}, port {Port}")]
    public static partial void Heard(ILogger logger, ServiceChange change, string instance, string host, int port);
}
