using Discovery.Simulation;
using Discovery.Simulations.Output;
using Discovery.Simulations.Plots;

namespace Discovery.Simulations.Modes;

/// <summary>One scenario with different numbers of nodes.</summary>
internal static class Sweep
{
    public static int Run(Session session)
    {
        Files? files = Files.In(session.Request);
        List<SimulationReport> reports = [];
        ProgressBar.Show(session.Error, progress =>
        {
            foreach (int nodes in session.Request.Sweep)
                if (!session.CancellationToken.IsCancellationRequested && session.Measure(session.Request.Scenario.WithNodes(nodes), progress) is { } report)
                    reports.Add(report);
            return reports;
        });
        if (reports.Count == 0)
            return session.End(reports);
        bool isInterrupted = session.CancellationToken.IsCancellationRequested;
        if (session.Request.Json)
            session.Output.WriteLine(ReportJson.Of(reports, isInterrupted));
        else
            Tables.Show(session.Output, reports);
        files?.Write($"{session.Request.Scenario.Name}-sweep", ReportJson.Of(reports, isInterrupted, withCourse: true), ReportPlots.Of(reports));
        return session.End(reports);
    }
}
