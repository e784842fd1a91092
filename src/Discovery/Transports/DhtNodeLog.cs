using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>Log messages of <see cref="DhtNode"/>: event ids 4100 to 4199.</summary>
internal static partial class DhtNodeLog
{
    [LoggerMessage(4100, LogLevel.Information, "DHT node {Id} on {EndPoint}")]
    public static partial void Started(ILogger logger, NodeId id, PeerEndPoint endPoint);

    [LoggerMessage(4101, LogLevel.Information, "The routing table has its first node")]
    public static partial void Joined(ILogger logger);

    [LoggerMessage(4102, LogLevel.Error, "What the timer began has failed; it goes on")]
    public static partial void TimerFailed(ILogger logger, Exception exception);
}
