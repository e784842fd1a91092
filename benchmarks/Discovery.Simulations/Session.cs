using System.Globalization;
using Discovery.Simulation;
using Discovery.Simulations.Output;

namespace Discovery.Simulations;

/// <summary>One run of the program: what is asked for, and where the answers go.</summary>
internal sealed record Session(Request Request, TextWriter Output, TextWriter Error, Engine Engine, CancellationToken CancellationToken)
{
    /// <summary>To make a scenario smaller takes many runs of it: a few scenarios tell enough, and one that takes long would take hours.</summary>
    private const int MaxShrunken = 3, MaxSecondsToShrink = 10;

    /// <summary>Runs a scenario, and once more with plain parameters if that is wanted.</summary>
    /// <returns>What was measured, without the plain run if that was interrupted; null when nothing was measured before the interruption.</returns>
    public SimulationReport? Measure(Scenario scenario, ProgressBar progress)
    {
        SimulationReport? report = null;
        try
        {
            report = Engine.Simulate(scenario, Request.Seed, false, progress.For(scenario, false), CancellationToken);
            return Request.WithPlain ? report with { Plain = Engine.Simulate(scenario, Request.Seed, true, progress.For(scenario, true), CancellationToken) } : report;
        }
        catch (OperationCanceledException) when (CancellationToken.IsCancellationRequested)
        {
            return report;
        }
    }

    /// <summary>Ends the program: says what broke, each with its seed and the smallest scenario in which it does, and gives the exit code.</summary>
    /// <param name="reports">What was measured.</param>
    /// <param name="together">What all of it broke together.</param>
    public int End(IReadOnlyList<SimulationReport> reports, BrokenInvariant? together = null)
    {
        if (together is not null)
            Error.WriteLine($"{SimulationsCommand.Name}: {together.Invariant}: {together.Detail}");
        SimulationReport[] broken = [.. reports.Where(static report => report.Broken.Count > 0)];
        for (int i = 0; i < broken.Length; i++)
        {
            foreach (BrokenInvariant one in broken[i].Broken)
                Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{SimulationsCommand.Name}: seed {broken[i].Seed}, after {one.At.TotalSeconds:0.0} s: {one.Invariant}: {one.Detail}"));
            if (i < MaxShrunken && broken[i].WallSeconds <= MaxSecondsToShrink)
                Error.WriteLine(Smaller(broken[i]));
        }
        if (!CancellationToken.IsCancellationRequested)
            return broken.Length == 0 && together is null ? ExitCode.Success : ExitCode.Broken;
        Error.WriteLine($"{SimulationsCommand.Name}: interrupted{(reports.Count == 0 ? " before anything was measured" : "")}");
        return ExitCode.Interrupted;
    }

    private string Smaller(SimulationReport report)
    {
        try
        {
            return new SeedFailure(report.Seed, report.Broken[0], Engine.Shrink(report, CancellationToken)).ToString();
        }
        catch (OperationCanceledException) when (CancellationToken.IsCancellationRequested)
        {
            return "";
        }
    }
}
