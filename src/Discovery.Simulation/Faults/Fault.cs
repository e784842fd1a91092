using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>Something that befalls a simulated network. The faults that there are derive from this one: they are data, which can be compared and printed.</summary>
public abstract record Fault
{
    /// <summary>After a part of the network has vanished lookups need so long to end with the nearest nodes again.</summary>
    internal static readonly TimeSpan RecoveryFromLoss = TimeSpan.FromMinutes(5);

    /// <summary>So long it takes until a network that fell into parts, or was parted, has found its order.</summary>
    internal static readonly TimeSpan RecoveryFromPartition = TimeSpan.FromMinutes(10);

    /// <summary>The most addresses that one party has, and the most nodes that it is after.</summary>
    private protected const int MostAddresses = 10_000, MostVictims = 10_000;

    /// <summary>How long it takes to recover from what does not end.</summary>
    internal static readonly TimeSpan ForEver = ScenarioRanges.Longest;

    internal Fault() { }

    /// <summary>Lets it happen now.</summary>
    internal abstract void Apply(DhtWorld world);

    /// <summary>The C# expression that makes it.</summary>
    internal abstract string ToCode();

    /// <summary>The expression that makes it.</summary>
    public sealed override string ToString() => ToCode();
}
