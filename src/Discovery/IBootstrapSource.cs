namespace Discovery;

/// <summary>Where first contacts come from: a file, a fixed list, a host name.</summary>
public interface IBootstrapSource
{
    /// <summary>A short name for results, health and logs: <c>file</c>, <c>endpoints</c>. Sources of one name are told apart by a number the service adds.</summary>
    string Name { get; }

    /// <summary>Reads the source anew and yields first contacts as they become known. Called again when contacts are needed again.</summary>
    /// <remarks>A source that cannot be read throws; the service reports it as a failure and goes on with the other sources.</remarks>
    /// <exception cref="DiscoveryException">The source is missing or malformed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IAsyncEnumerable<BootstrapNode> GetNodesAsync(CancellationToken cancellationToken);
}
