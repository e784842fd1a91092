namespace Discovery;

/// <summary>First contacts that the application names itself.</summary>
public sealed class EndPointBootstrapSource : IBootstrapSource
{
    private readonly BootstrapNode[] _nodes;

    /// <summary>Takes hosts, which are resolved when they are needed.</summary>
    /// <param name="hostPorts">Each <c>host:port</c>; an IPv6 address stands in brackets.</param>
    /// <exception cref="ArgumentException">One is not of that form.</exception>
    public EndPointBootstrapSource(params string[] hostPorts) : this("endpoints", hostPorts) { }

    internal EndPointBootstrapSource(string name, string[] hostPorts)
    {
        ArgumentNullException.ThrowIfNull(hostPorts);
        Name = name;
        _nodes = [.. hostPorts.Select(hostPort => new BootstrapNode { EndPoint = hostPort, Source = name })];
    }

    /// <summary><c>endpoints</c></summary>
    public string Name { get; }

    /// <inheritdoc/>
    public IAsyncEnumerable<BootstrapNode> GetNodesAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _nodes.ToAsyncEnumerable();
    }
}
