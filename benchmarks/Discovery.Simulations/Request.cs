using Discovery.Simulation;

namespace Discovery.Simulations;

/// <summary>What the command line asks for.</summary>
internal sealed record Request
{
    public required Scenario Scenario { get; init; }

    /// <summary>The seed; the first one when there are many.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How many seeds are run.</summary>
    public int? Seeds { get; init; }

    /// <summary>The numbers of nodes that are compared; none to compare none.</summary>
    public int[] Sweep { get; init; } = [];

    /// <summary>Whether the same is run with plain Kademlia parameters too.</summary>
    public bool WithPlain { get; init; }

    /// <summary>Whether scripts read the output.</summary>
    public bool Json { get; init; }

    /// <summary>Where the report and the plots go.</summary>
    public DirectoryInfo? Out { get; init; }
}
