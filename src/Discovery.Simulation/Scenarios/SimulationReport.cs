namespace Discovery.Simulation;

/// <summary>What happened to the lookups that began in a stretch of time.</summary>
/// <param name="From">When it began, counted from the first lookup.</param>
/// <param name="Lookups">Lookups that began in it and ended.</param>
/// <param name="Success">The part of them that found a value, 0 to 1; NaN when there were none.</param>
/// <param name="Recall">The part of the truly nearest nodes that they ended with, 0 to 1; NaN when there were none.</param>
/// <param name="LatencyMs">Their time to the first value, in milliseconds.</param>
public readonly record struct TimelineWindow(TimeSpan From, int Lookups, double Success, double Recall, Quantiles LatencyMs);

/// <summary>What a simulation has shown.</summary>
public sealed record SimulationReport
{
    /// <summary>What it was.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>The seed, which repeats it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The hash over all events.</summary>
    public required ulong History { get; init; }

    /// <summary>Lookups that have ended. Those whose node vanished under way are not among them.</summary>
    public required int Lookups { get; init; }

    /// <summary>The part of them that found a value, 0 to 1.</summary>
    public required double Success { get; init; }

    /// <summary>The part of the truly nearest nodes that the lookups ended with, 0 to 1; NaN when there were none.</summary>
    /// <remarks>Those nodes count that were up during the whole lookup, could be reached, were not slow, and had been there for two minutes.</remarks>
    public required double Recall { get; init; }

    /// <summary>How many of the nearest nodes the lookups should have ended with that were made while nothing was the matter.</summary>
    internal long Wanted { get; init; }

    /// <summary>How many of them they did.</summary>
    internal long Reached { get; init; }

    /// <summary>Time to the first value, in milliseconds.</summary>
    public required Quantiles LatencyMs { get; init; }

    /// <summary>Time to the end of the walk, in milliseconds.</summary>
    public required Quantiles CompleteMs { get; init; }

    /// <summary>Steps from the own table to the nearest nodes, mean.</summary>
    public required double Hops { get; init; }

    /// <summary>Datagrams sent and received for a lookup, mean.</summary>
    public required double MessagesPerLookup { get; init; }

    /// <summary>Memory for each node, in bytes.</summary>
    public required long BytesPerNode { get; init; }

    /// <summary>Datagrams delivered in all.</summary>
    public required long Datagrams { get; init; }

    /// <summary>Datagrams simulated for each second that the simulation took on one core.</summary>
    public required double DatagramsPerSecond { get; init; }

    /// <summary>How long the simulation itself took, in seconds: the network's making and all that happened in it.</summary>
    public required double WallSeconds { get; init; }

    /// <summary>The time to the first value of each lookup that found one, in milliseconds, sorted.</summary>
    public required IReadOnlyList<double> LatenciesMs { get; init; }

    /// <summary>How many lookups took so many steps: the index is the number of steps.</summary>
    public required IReadOnlyList<int> HopCounts { get; init; }

    /// <summary>How it went over time.</summary>
    public required IReadOnlyList<TimelineWindow> Timeline { get; init; }

    /// <summary>What should always have held, and did not.</summary>
    public IReadOnlyList<BrokenInvariant> Broken { get; init; } = [];

    /// <summary>The same workload with plain Kademlia parameters: alpha 3, 2 s for each answer, 8 nodes in every bucket. Null when it was not asked for.</summary>
    public SimulationReport? Plain { get; init; }
}
