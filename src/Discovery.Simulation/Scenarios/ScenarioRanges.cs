using System.Runtime.CompilerServices;

namespace Discovery.Simulation;

/// <summary>What the parts of a scenario can be.</summary>
internal static class ScenarioRanges
{
    /// <summary>No simulation lasts longer, and no clock jumps farther.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    private const int MostNodes = 10_000_000, MostLookups = 10_000_000, MostKeys = 1_000_000, MostItems = 1_000_000;

    /// <summary>To have a tenth of all entries alive the network has to be put up ten times as large.</summary>
    private const double MostDead = 0.9;

    public static int Nodes(int value, [CallerArgumentExpression(nameof(value))] string? name = null) => Check.Within(value, 2, MostNodes, name);

    public static int Lookups(int value, [CallerArgumentExpression(nameof(value))] string? name = null) => Check.Within(value, 0, MostLookups, name);

    public static int Keys(int value, [CallerArgumentExpression(nameof(value))] string? name = null) => Check.Within(value, 1, MostKeys, name);

    public static int Items(int value, [CallerArgumentExpression(nameof(value))] string? name = null) => Check.Within(value, 0, MostItems, name);

    public static double DeadEntries(double value, [CallerArgumentExpression(nameof(value))] string? name = null) => Check.Within(value, 0, MostDead, name);

    public static TimeSpan Duration(TimeSpan value, [CallerArgumentExpression(nameof(value))] string? name = null) => Check.Within(value, TimeSpan.FromTicks(1), Longest, name);

    public static TimeSpan FirstLookup(TimeSpan value, [CallerArgumentExpression(nameof(value))] string? name = null) => Check.Within(value, TimeSpan.Zero, Longest, name);

    public static IReadOnlyList<NatShare> Nat(IReadOnlyList<NatShare> value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        foreach (NatShare? share in Check.NotNull(value, name))
            Check.NotNull(share, name);
        // A sum of parts that are no binary fractions may be a little more than they say.
        return value.Sum(static share => share.Part) <= 1 + 1e-9 ? [.. value] : throw new ArgumentOutOfRangeException(name, "No more than all can be behind NATs.");
    }

    public static IReadOnlyList<ScenarioStep> Steps(IReadOnlyList<ScenarioStep> value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        foreach ((TimeSpan at, Fault? fault) in Check.NotNull(value, name))
        {
            Check.NotNull(fault, name);
            Check.Within(at, TimeSpan.Zero, TimeSpan.MaxValue, name);
        }
        return [.. value];
    }

    /// <summary>Looks at what can be wrong with a scenario though each of its parts is right.</summary>
    public static void Whole(Scenario scenario, [CallerArgumentExpression(nameof(scenario))] string? name = null)
    {
        Check.NotNull(scenario, name);
        if (scenario.Lookups > 0 && scenario.FirstLookup > scenario.Duration)
            throw new ArgumentException($"The lookups of '{scenario.Name}' begin after {scenario.FirstLookup}, when all is over: it lasts {scenario.Duration}.", name);
    }
}
