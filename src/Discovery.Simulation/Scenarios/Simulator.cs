using System.Diagnostics;
using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>Runs scenarios.</summary>
public static class Simulator
{
    /// <summary>Runs a scenario. The same scenario and seed give the same history on every machine.</summary>
    /// <param name="scenario">What is simulated.</param>
    /// <param name="seed">The seed of all chance.</param>
    /// <param name="withPlain">Whether the same is done again with plain Kademlia parameters, for <see cref="SimulationReport.Plain"/>.</param>
    /// <param name="progress">Told now and then how far it has come, on the calling thread.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static SimulationReport Run(Scenario scenario, ulong seed, bool withPlain = false, IProgress<SimulationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        SimulationReport report = Run(scenario, seed, KademliaTuning.Default, progress, cancellationToken);
        return withPlain ? report with { Plain = Run(scenario, seed, KademliaTuning.Plain, progress, cancellationToken) } : report;
    }

    internal static SimulationReport Run(Scenario scenario, ulong seed, KademliaTuning tuning, IProgress<SimulationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        long started = Stopwatch.GetTimestamp();
        using DhtWorld world = new(seed, new KademliaOptions { IsPublic = true, Tuning = Weaken(tuning, scenario.Undefended) }, scenario.Conditions, scenario.Nat);
        ScenarioRun run = new(scenario, world, tuning == KademliaTuning.Plain, progress);
        run.Prepare(cancellationToken);
        long sent = world.Internet.Sent;
        TimeSpan begun = Environment.CpuUsage.TotalTime;
        LookupLog log = run.Play(cancellationToken);
        double seconds = (Environment.CpuUsage.TotalTime - begun).TotalSeconds, wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return log.Report(scenario, seed) with
        {
            BytesPerNode = (GC.GetTotalMemory(forceFullCollection: true) - memory) / scenario.Nodes,
            DatagramsPerSecond = (world.Internet.Sent - sent) / seconds,
            WallSeconds = wall,
        };
    }

    private static KademliaTuning Weaken(KademliaTuning tuning, Defences off) => tuning with
    {
        PrefersBoundIds = tuning.PrefersBoundIds && !off.HasFlag(Defences.BoundIds),
        LimitsSubnets = tuning.LimitsSubnets && !off.HasFlag(Defences.SubnetLimits),
        SpreadsStores = tuning.SpreadsStores && !off.HasFlag(Defences.StoreSet),
        JudgesSources = tuning.JudgesSources && !off.HasFlag(Defences.SourceGraph),
        ChecksDensity = tuning.ChecksDensity && !off.HasFlag(Defences.DensityCheck),
    };
}
