namespace Discovery.Simulation;

/// <summary>What is simulated: a network, what befalls it, and what is asked of it.</summary>
public sealed record Scenario
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>What it shows, in a sentence.</summary>
    public string Description { get; init; } = "";

    /// <summary>How many nodes there are when it begins.</summary>
    /// <value>At least 2. Default 1000.</value>
    public int Nodes { get; init; } = 1000;

    /// <summary>What the network does to datagrams.</summary>
    public NetworkConditions Conditions { get; init; } = new();

    /// <summary>The part of the routing tables' entries that is dead when the lookups begin, 0 to 1.</summary>
    public double DeadEntries { get; init; }

    /// <summary>How long nodes stay; for each that leaves another one joins. Null when nobody leaves.</summary>
    public SessionLength? Churn { get; init; }

    /// <summary>How many keys are announced before the lookups begin.</summary>
    public int Keys { get; init; } = 200;

    /// <summary>How many lookups are made, evenly spread over <see cref="Duration"/> by chance.</summary>
    public int Lookups { get; init; } = 1000;

    /// <summary>The time over which lookups are made.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(5);
}
