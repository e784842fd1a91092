namespace Discovery.Simulation;

/// <summary>Makes a scenario that fails smaller for as long as it still fails.</summary>
internal static class ScenarioShrinker
{
    private const int MaxRuns = 80;
    private const int MinNodes = 16;

    private static readonly TimeSpan MinDuration = TimeSpan.FromSeconds(1);

    /// <param name="scenario">What fails.</param>
    /// <param name="fails">Whether a smaller one fails too.</param>
    public static Scenario Shrink(Scenario scenario, Func<Scenario, bool> fails)
    {
        int runs = 0;
        bool isSmaller;
        do
        {
            isSmaller = false;
            foreach (Func<Scenario, Scenario?> shrink in Ways(scenario.Steps.Count))
                while (runs < MaxRuns && shrink(scenario) is { } smaller)
                {
                    runs++;
                    if (!fails(smaller))
                        break;
                    (scenario, isSmaller) = (smaller, true);
                }
        }
        while (isSmaller && runs < MaxRuns);
        return scenario;
    }

    /// <summary>What can be made smaller; null where it is as small as can be. What simplifies most comes first.</summary>
    private static IEnumerable<Func<Scenario, Scenario?>> Ways(int steps)
    {
        for (int i = steps - 1; i >= 0; i--)
        {
            int dropped = i;
            yield return scenario => dropped < scenario.Steps.Count ? scenario with { Steps = [.. scenario.Steps.Where((_, index) => index != dropped)] } : null;
        }
        yield return static scenario => scenario.Churn is null ? null : scenario with { Churn = null };
        yield return static scenario => scenario.DeadEntries == 0 ? null : scenario with { DeadEntries = 0 };
        yield return static scenario => new NetworkConditions { Latency = scenario.Conditions.Latency } is var calm && scenario.Conditions == calm ? null : scenario with { Conditions = calm };
        yield return static scenario => scenario.Nat.Count == 0 ? null : scenario with { Nat = [] };
        yield return static scenario => scenario.Items == 0 ? null : scenario with { Items = scenario.Items / 2 };
        yield return static scenario => scenario.Lookups == 0 ? null : scenario with { Lookups = scenario.Lookups / 2 };
        yield return static scenario => scenario.Keys == 1 ? null : scenario with { Keys = scenario.Keys / 2 };
        yield return static scenario => scenario.Nodes / 2 < MinNodes ? null : scenario with { Nodes = scenario.Nodes / 2 };
        yield return static scenario => scenario.Duration / 2 < MinDuration || scenario.Duration / 2 < scenario.FirstLookup ? null : Shorten(scenario, scenario.Duration / 2);
    }

    private static Scenario Shorten(Scenario scenario, TimeSpan duration) =>
        scenario with { Duration = duration, Steps = [.. scenario.Steps.Where(step => step.At <= duration)] };
}
