using System.Globalization;

namespace Discovery.Simulation;

/// <summary>A seed that broke something, and the smallest scenario found in which it still does.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Broken">What broke first.</param>
/// <param name="Scenario">The smallest scenario found that breaks the same.</param>
public sealed record SeedFailure(ulong Seed, BrokenInvariant Broken, Scenario Scenario)
{
    /// <summary>What broke, and the C# code that shows it again.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"seed {Seed}, after {Broken.At.TotalSeconds:F1} s: {Broken.Invariant}\n  {Broken.Detail}\n  smallest scenario found:\nSimulator.Run({Scenario.ToCode()},\n    seed: {Seed});");
}

/// <summary>What many runs of a scenario have shown.</summary>
/// <param name="Runs">How many there were.</param>
/// <param name="Lookups">Lookups that ended in all of them.</param>
/// <param name="Success">The part that found a value of those that had something to find, 0 to 1; NaN when there were none.</param>
/// <param name="Recall">The part of the truly nearest nodes that lookups ended with, 0 to 1; of those alone that were made when the network had had time to recover from what befell it, see <see cref="SimulationReport.CalmRecall"/>. NaN when there were none.</param>
/// <param name="Datagrams">Datagrams delivered in all of them.</param>
/// <param name="WallSeconds">How long it took, in seconds.</param>
/// <param name="Failures">The seeds that broke something.</param>
public sealed record SeedsReport(int Runs, long Lookups, double Success, double Recall, long Datagrams, double WallSeconds, IReadOnlyList<SeedFailure> Failures)
{
    /// <summary>Whether nothing broke, and the lookups of all runs together ended with 99 % of the nearest nodes.</summary>
    public bool IsSound => Failures.Count == 0 && !(Recall < Invariants.InvariantMonitor.MinRecall);
}
