using Discovery.Simulation;
using Discovery.Simulations.Output;

namespace Discovery.Simulations;

/// <summary>One run of the program: what is asked for, and where the answers go.</summary>
internal sealed record Session(Request Request, TextWriter Output, TextWriter Error, Simulate Simulate, CancellationToken CancellationToken)
{
    /// <summary>Runs a scenario, and once more with plain parameters if that is wanted.</summary>
    /// <returns>What was measured, without the plain run if that was interrupted; null when nothing was measured before the interruption.</returns>
    public SimulationReport? Measure(Scenario scenario, ProgressBar progress)
    {
        SimulationReport? report = null;
        try
        {
            report = Simulate(scenario, Request.Seed, false, progress.For(scenario, false), CancellationToken);
            return Request.WithPlain ? report with { Plain = Simulate(scenario, Request.Seed, true, progress.For(scenario, true), CancellationToken) } : report;
        }
        catch (OperationCanceledException) when (CancellationToken.IsCancellationRequested)
        {
            return report;
        }
    }

    /// <summary>Ends the program: says what broke, and gives its exit code.</summary>
    public int End(IEnumerable<SimulationReport> reports)
    {
        int code = ExitCode.Success;
        foreach (SimulationReport report in reports.Where(static report => report.Broken.Count > 0))
        {
            code = ExitCode.Broken;
            foreach (BrokenInvariant broken in report.Broken)
                Error.WriteLine($"{SimulationsCommand.Name}: seed {report.Seed} broke an invariant after {broken.At}: {broken.Invariant} ({broken.Detail})");
        }
        if (!CancellationToken.IsCancellationRequested)
            return code;
        Error.WriteLine($"{SimulationsCommand.Name}: interrupted");
        return ExitCode.Interrupted;
    }
}
