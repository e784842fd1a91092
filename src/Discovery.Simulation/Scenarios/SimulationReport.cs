namespace Discovery.Simulation;

/// <summary>Three quantiles.</summary>
/// <param name="P50">The median.</param>
/// <param name="P90">What nine in ten do not exceed.</param>
/// <param name="P99">What ninety-nine in a hundred do not exceed.</param>
public readonly record struct Quantiles(double P50, double P90, double P99)
{
    /// <summary>Of a set of values, by the nearest rank; NaN of an empty one.</summary>
    public static Quantiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        double At(double part) => sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
        return new(At(0.5), At(0.9), At(0.99));
    }
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

    /// <summary>Lookups made.</summary>
    public required int Lookups { get; init; }

    /// <summary>The part of them that found a value, 0 to 1.</summary>
    public required double Success { get; init; }

    /// <summary>The part of the truly nearest nodes that the lookups ended with, 0 to 1.</summary>
    public required double Recall { get; init; }

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
}
