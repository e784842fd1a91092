namespace Discovery.Kademlia;

/// <summary>When a node turns to its bootstrap nodes: at the start, and whenever its routing table has (nearly) run empty, for ever.</summary>
public sealed record BootstrapRetryOptions
{
    /// <summary>The shortest delay between two attempts. Longer than zero.</summary>
    /// <value>Default 250 ms: of nodes that start together the first to ask is told of nobody, and must not wait long to hear of the others.</value>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest delay between two attempts. At least <see cref="MinDelay"/>. It bounds how late a node notices that its bootstrap nodes are back.</summary>
    /// <value>Default 5 minutes.</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The number of nodes in the routing table from which on the bootstrap nodes are left alone. At least 1.</summary>
    /// <value>Default 8: one bucket. In a network of fewer nodes attempts go on every <see cref="MaxDelay"/> or sooner.</value>
    public int HealthyTableSize { get; init; } = 8;
}
