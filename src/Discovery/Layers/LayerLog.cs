using Microsoft.Extensions.Logging;

namespace Discovery.Layers;

/// <summary>Log messages of the layers: event ids 5000 to 5099.</summary>
internal static partial class LayerLog
{
    [LoggerMessage(5000, LogLevel.Debug, "{Host} of source {Source} is {Count} end points")]
    public static partial void Resolved(ILogger logger, string host, string source, int count);

    [LoggerMessage(5001, LogLevel.Warning, "{Host} of source {Source} cannot be resolved")]
    public static partial void Unresolved(ILogger logger, string host, string source, Exception exception);

    [LoggerMessage(5002, LogLevel.Debug, "Published at {Acknowledged} of {Asked} nodes")]
    public static partial void Published(ILogger logger, int asked, int acknowledged);

    [LoggerMessage(5003, LogLevel.Warning, "Publication failed: {Acknowledged} of {Asked} nodes took it")]
    public static partial void PublicationFailed(ILogger logger, int asked, int acknowledged, Exception exception);

    [LoggerMessage(5004, LogLevel.Warning, "First contacts are no longer read")]
    public static partial void ContactsFailed(ILogger logger, Exception exception);
}
