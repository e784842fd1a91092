using System.Globalization;
using System.Text;

namespace Discovery.Simulation;

/// <summary>A scenario as the code that makes it. Of the network's conditions the latency model is left out: it is not data.</summary>
internal static class ScenarioCode
{
    private static readonly Scenario Usual = Scenario.Create("");

    public static string Of(Scenario scenario)
    {
        StringBuilder code = new($"Scenario.Create({Code.Of(scenario.Name)})");
        Add(nameof(Scenario.WithNodes), scenario.Nodes != Usual.Nodes, Number(scenario.Nodes));
        Add(nameof(Scenario.WithConditions), scenario.Conditions.ToCode() is not NetworkConditionsCode.Usual, scenario.Conditions.ToCode());
        foreach (NatShare share in scenario.Nat)
            Add(nameof(Scenario.WithNat), true, share.ToCode());
        Add(nameof(Scenario.WithDeadEntries), scenario.DeadEntries != 0, Code.Of(scenario.DeadEntries));
        Add(nameof(Scenario.WithChurn), scenario.Churn is not null, scenario.Churn?.ToCode());
        Add(nameof(Scenario.WithKeys), scenario.Keys != Usual.Keys, Number(scenario.Keys));
        Add(nameof(Scenario.LookingFor), scenario.Workload != Usual.Workload, Code.Of(scenario.Workload));
        Add(nameof(Scenario.Without), scenario.Undefended != Defences.None, Code.Of(scenario.Undefended));
        Add(nameof(Scenario.WithItems), scenario.Items != 0, Number(scenario.Items));
        Add(nameof(Scenario.WithLookups), true, $"{Number(scenario.Lookups)}, {Code.Of(scenario.Duration)}");
        Add(nameof(Scenario.StartingLookups), scenario.FirstLookup != TimeSpan.Zero, Code.Of(scenario.FirstLookup));
        Add(nameof(Scenario.WithRandomFaults), scenario.HasRandomFaults, "");
        foreach ((TimeSpan time, Fault fault) in scenario.Steps)
            Add(nameof(Scenario.At), true, $"{Code.Of(time)}, {fault.ToCode()}");
        return code.ToString();

        void Add(string verb, bool isWanted, string? arguments)
        {
            if (isWanted)
                code.Append(CultureInfo.InvariantCulture, $"\n    .{verb}({arguments})");
        }
    }

    private static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "null";
}
