using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>Log messages of the transports: event ids 4000 to 4099.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(4000, LogLevel.Debug, "Listening on UDP {Local} with {Socket}")]
    public static partial void Listening(ILogger logger, PeerEndPoint local, string socket);

    [LoggerMessage(4001, LogLevel.Warning, "Receiving on {Local} failed ({Count} times so far)")]
    public static partial void ReceiveFailed(ILogger logger, PeerEndPoint local, long count, Exception exception);

    [LoggerMessage(4002, LogLevel.Error, "The receiver on {Local} failed ({Count} times so far)")]
    public static partial void ReceiverFailed(ILogger logger, PeerEndPoint local, long count, Exception exception);
}
