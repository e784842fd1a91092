using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>Log messages of the service: event ids 6000 to 6099.</summary>
internal static partial class ServiceLog
{
    [LoggerMessage(6000, LogLevel.Information, "Peer {Id} of network {Network} listens on {EndPoints}")]
    public static partial void Started(ILogger logger, PeerId id, string network, string endPoints);

    [LoggerMessage(6001, LogLevel.Warning, "Bootstrap source {Source} failed")]
    public static partial void SourceFailed(ILogger logger, string source, Exception exception);

    [LoggerMessage(6002, LogLevel.Warning, "Layer {Layer} failed to {Verb}")]
    public static partial void LayerFailed(ILogger logger, string layer, string verb, Exception exception);

    [LoggerMessage(6003, LogLevel.Information, "Peer {Id} verified at {EndPoint}, seen by {Source}")]
    public static partial void Verified(ILogger logger, PeerId id, PeerEndPoint endPoint, string source);

    [LoggerMessage(6004, LogLevel.Debug, "Sighting at {EndPoint} by {Source} is not used: {Outcome}")]
    public static partial void Unused(ILogger logger, PeerEndPoint endPoint, string source, string outcome);

    [LoggerMessage(6005, LogLevel.Warning, "Sighting at {EndPoint} by {Source} is refused: {Outcome}")]
    public static partial void Refused(ILogger logger, PeerEndPoint endPoint, string source, string outcome);

    [LoggerMessage(6006, LogLevel.Warning, "The state at {Path} cannot be read; the node starts afresh")]
    public static partial void StateUnreadable(ILogger logger, string path, Exception? exception);

    [LoggerMessage(6007, LogLevel.Warning, "The state cannot be written to {Path}")]
    public static partial void StateUnwritable(ILogger logger, string path, Exception exception);

    [LoggerMessage(6008, LogLevel.Debug, "Record {Sequence} signed with end points {EndPoints}")]
    public static partial void Signed(ILogger logger, long sequence, string endPoints);

    [LoggerMessage(6009, LogLevel.Error, "{Task} has ended")]
    public static partial void TaskFailed(ILogger logger, string task, Exception exception);

    [LoggerMessage(6010, LogLevel.Warning, "Scorer {Scorer} failed")]
    public static partial void ScorerFailed(ILogger logger, string scorer, Exception exception);

    [LoggerMessage(6011, LogLevel.Warning, "Maintenance: {Step} failed and will be tried again")]
    public static partial void StepFailed(ILogger logger, string step, Exception exception);

    [LoggerMessage(6012, LogLevel.Warning, "The store {Store} is damaged; {Read} peers were read and {Lost} lost: {Problem}")]
    public static partial void StoreDamaged(ILogger logger, string store, int read, int lost, string problem);

    [LoggerMessage(6013, LogLevel.Warning, "The store {Store} cannot be {Verb}")]
    public static partial void StoreFailed(ILogger logger, string store, string verb, Exception exception);

    [LoggerMessage(6014, LogLevel.Debug, "Peer {Id} is forgotten: {Reason}")]
    public static partial void Forgotten(ILogger logger, PeerId id, PeerLossReason reason);

    [LoggerMessage(6015, LogLevel.Information, "The addresses of this machine have changed, or others answer again after a silence: first contacts are looked for anew")]
    public static partial void NetworkChanged(ILogger logger);
}
