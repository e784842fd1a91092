using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>Log messages of <see cref="MdnsHost"/>: event ids 4200 to 4299.</summary>
internal static partial class MdnsHostLog
{
    [LoggerMessage(4200, LogLevel.Debug, "mDNS on {Interface} over {Family}, port shared: {IsShared}")]
    public static partial void Opened(ILogger logger, string @interface, string family, bool isShared);

    [LoggerMessage(4201, LogLevel.Debug, "mDNS no longer on {Interface} over {Family}")]
    public static partial void Closed(ILogger logger, string @interface, string family);

    [LoggerMessage(4202, LogLevel.Warning, "No mDNS on {Interface}")]
    public static partial void OpenFailed(ILogger logger, string @interface, Exception exception);

    [LoggerMessage(4203, LogLevel.Debug, "Sending on {Interface} failed ({Count} times so far)")]
    public static partial void SendFailed(ILogger logger, string @interface, long count, Exception exception);

    [LoggerMessage(4204, LogLevel.Warning, "Receiving on {Interface} failed ({Count} times so far)")]
    public static partial void ReceiveFailed(ILogger logger, string @interface, long count, Exception exception);

    [LoggerMessage(4205, LogLevel.Error, "A datagram on {Interface} could not be handled ({Count} times so far)")]
    public static partial void ReceiverFailed(ILogger logger, string @interface, long count, Exception exception);

    [LoggerMessage(4206, LogLevel.Error, "mDNS could not do what was due ({Count} times so far)")]
    public static partial void TimerFailed(ILogger logger, long count, Exception exception);

    [LoggerMessage(4207, LogLevel.Warning, "The interfaces of this machine cannot be listed")]
    public static partial void ListFailed(ILogger logger, Exception exception);
}
