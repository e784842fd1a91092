using Discovery.Simulation;
using Discovery.Simulations.Output;
using Discovery.Simulations.Plots;

namespace Discovery.Simulations.Modes;

/// <summary>One scenario, one seed.</summary>
internal static class OneRun
{
    public static int Run(Session session)
    {
        Files? files = Files.In(session.Request);
        SimulationReport? report = ProgressBar.Show(session.Error, progress => session.Measure(session.Request.Scenario, progress));
        if (report is null)
            return session.End([]);
        bool isInterrupted = session.CancellationToken.IsCancellationRequested;
        if (session.Request.Json)
            session.Output.WriteLine(ReportJson.Of(report, isInterrupted));
        else
            Tables.Show(session.Output, report);
        files?.Write(report.Scenario.Name, ReportJson.Of(report, isInterrupted, withCourse: true), ReportPlots.Of(report));
        return session.End([report]);
    }
}
