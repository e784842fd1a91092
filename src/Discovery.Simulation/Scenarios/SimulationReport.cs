namespace Discovery.Simulation;

/// <summary>What happened to the lookups that began in a stretch of time.</summary>
/// <param name="From">When it began, counted from the first lookup.</param>
/// <param name="Lookups">Lookups that began in it and ended.</param>
/// <param name="Success">The part that found a value of those that had something to find, 0 to 1; NaN when there were none.</param>
/// <param name="Recall">The part of the truly nearest nodes that they ended with, 0 to 1; NaN when there were none.</param>
/// <param name="LatencyMs">Their time to the first value, in milliseconds.</param>
public readonly record struct TimelineWindow(TimeSpan From, int Lookups, double Success, double Recall, Quantiles LatencyMs)
{
    /// <summary>How many of the lookups had nothing to find, see <see cref="SimulationReport.Expired"/>.</summary>
    public int Expired { get; init; }
}

/// <summary>What a simulation has shown.</summary>
public sealed record SimulationReport
{
    /// <summary>What it was.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>The seed, which repeats it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The hash over all events.</summary>
    public required ulong History { get; init; }

    /// <summary>Lookups that have ended. Those whose node vanished under way are not among them, nor those that nobody began since no node was up.</summary>
    public required int Lookups { get; init; }

    /// <summary>How many of them had nothing to find: on their side of a broken network nobody has announced the key within the lifetime of announcements (30 min; of items 2 h).</summary>
    /// <remarks>They count in <see cref="Lookups"/> and in all that is said of walks, but not in <see cref="Success"/> and <see cref="LatencyMs"/>. What was announced in time, and was
    /// lost since those who kept it vanished or lied, was there to be found.</remarks>
    public int Expired { get; init; }

    /// <summary>The part that found a value of those that had something to find, 0 to 1; NaN when there were none.</summary>
    public required double Success { get; init; }

    /// <summary>The part of the truly nearest nodes that all lookups ended with, 0 to 1; NaN when there were none.</summary>
    /// <remarks>Those nodes count that were up during the whole lookup, could be reached, were not slow, had been there for two minutes, and shared their public address with nobody.</remarks>
    public required double Recall { get; init; }

    /// <summary><see cref="Recall"/> of those lookups alone that began when the network had had time to recover from what befell it; NaN when there were none.</summary>
    /// <remarks>5 min after crashes and deaths, 10 min after the network broke or was healed; never again once somebody lies. It is what the rule "a lookup ends with the nearest nodes" goes by: 99 %,
    /// and in each run 16 nodes (those of two lookups) may be missed beside, so that a short run does not fail by one node that was cut off. Over many seeds nothing is pardoned.
    /// Where the network itself forbids it the rule is broken rightly: it holds up to some 5 % loss, and not where ways are closed, round trips take seconds, or most entries of all tables are dead.</remarks>
    public double CalmRecall => (double)Reached / Wanted;

    /// <summary>How many lookups <see cref="CalmRecall"/> is of. Where it is 0 the rule has judged nothing.</summary>
    public int CalmLookups { get; init; }

    /// <summary>How many of the nearest nodes the lookups should have ended with that were made while nothing was the matter.</summary>
    internal long Wanted { get; init; }

    /// <summary>How many of them they did.</summary>
    internal long Reached { get; init; }

    /// <summary>Time to the first value, in milliseconds, of the lookups that succeeded; NaN when there were none, as in all that follows.</summary>
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

    /// <summary>The time to the first value of each lookup that had something to find and found it, in milliseconds, sorted.</summary>
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
