using System.Diagnostics;
using Discovery.Simulation;
using Discovery.Simulations.Output;

namespace Discovery.Simulations.Modes;

/// <summary>One scenario, many seeds, as many at a time as there are cores.</summary>
internal static class ManySeeds
{
    public static int Run(Session session)
    {
        Request request = session.Request;
        Files? files = Files.In(request);
        long started = Stopwatch.GetTimestamp();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        SimulationReport?[] all = new SimulationReport?[request.Seeds!.Value];
        ProgressBar.Show(session.Error, progress =>
        {
            Action<SimulationReport>? ended = progress.For(all.Length);
            try
            {
                Simulator.ForEach(all.Length, Environment.ProcessorCount, session.CancellationToken, i =>
                {
                    all[i] = session.Engine.Simulate(request.Scenario, unchecked(request.Seed + (ulong)i), false, null, session.CancellationToken);
                    ended?.Invoke(all[i]!);
                });
            }
            catch (OperationCanceledException) when (session.CancellationToken.IsCancellationRequested)
            {
                // What has ended until now is what there is.
            }
            return all;
        });
        SimulationReport[] done = [.. all.OfType<SimulationReport>()];
        if (done.Length == 0)
            return session.End(done);
        SeedsSummary summary = SeedsSummary.Of(done, Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - processor);
        string json = ReportJson.Of(summary, session.CancellationToken.IsCancellationRequested);
        if (request.Json)
            session.Output.WriteLine(json);
        else
            Tables.Show(session.Output, summary);
        files?.Write($"{request.Scenario.Name}-seeds", json, []);
        return session.End(done, summary.Together);
    }
}
