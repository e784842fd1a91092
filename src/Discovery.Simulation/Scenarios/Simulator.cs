using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>Runs scenarios.</summary>
public static class Simulator
{
    private const int MostSeeds = 1_000_000;

    /// <summary>Runs a scenario. The same scenario and seed give the same history on every machine.</summary>
    /// <param name="scenario">What is simulated.</param>
    /// <param name="seed">The seed of all chance.</param>
    /// <param name="withPlain">Whether the same is done again with plain Kademlia parameters, for <see cref="SimulationReport.Plain"/>.</param>
    /// <param name="progress">Told now and then how far it has come, on the calling thread.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="ArgumentNullException">There is no scenario.</exception>
    /// <exception cref="ArgumentException">The lookups would begin when all is over.</exception>
    public static SimulationReport Run(Scenario scenario, ulong seed, bool withPlain = false, IProgress<SimulationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ScenarioRanges.Whole(scenario);
        SimulationReport report = Run(scenario, seed, KademliaTuning.Default, progress, cancellationToken);
        return withPlain ? report with { Plain = Run(scenario, seed, KademliaTuning.Plain, progress, cancellationToken) } : report;
    }

    /// <summary>Runs a scenario with many seeds, and makes each one that breaks something smaller.</summary>
    /// <param name="scenario">What is simulated, commonly with <see cref="Scenario.WithRandomFaults"/>.</param>
    /// <param name="first">The first seed; the others follow it.</param>
    /// <param name="count">How many seeds: 1 to 1 000 000.</param>
    /// <param name="parallelism">How many run at a time: at least 1. The results do not depend on it.</param>
    /// <param name="progress">Told how many have ended, on any thread.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="ArgumentNullException">There is no scenario.</exception>
    /// <exception cref="ArgumentException">The lookups would begin when all is over.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is not within its range.</exception>
    public static SeedsReport RunSeeds(Scenario scenario, ulong first, int count, int parallelism = 1, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ScenarioRanges.Whole(scenario);
        Check.Within(count, 1, MostSeeds);
        Check.Within(parallelism, 1, int.MaxValue);
        long started = Stopwatch.GetTimestamp();
        SeedFailure?[] failures = new SeedFailure?[count];
        Lock gate = new();
        int runs = 0;
        long lookups = 0, expired = 0, successes = 0, wanted = 0, reached = 0, datagrams = 0;
        ForEach(count, parallelism, cancellationToken, i =>
        {
            ulong seed = first + (ulong)i;
            SimulationReport report = RunUnmeasured(scenario, seed, cancellationToken);
            if (report.Broken.Count > 0)
                failures[i] = new(seed, report.Broken[0], Shrink(report, cancellationToken));
            int ended;
            lock (gate)
            {
                (lookups, expired, successes) = (lookups + report.Lookups, expired + report.Expired, successes + report.LatenciesMs.Count);
                (wanted, reached, datagrams) = (wanted + report.Wanted, reached + report.Reached, datagrams + report.Datagrams);
                ended = ++runs;
            }
            progress?.Report(ended);
        });
        return new(count, lookups, (double)successes / (lookups - expired), (double)reached / wanted, datagrams, Stopwatch.GetElapsedTime(started).TotalSeconds, [.. failures.OfType<SeedFailure>()]);
    }

    /// <summary>Makes the scenario of a report that broke something smaller, for as long as it breaks the same thing with the same seed.</summary>
    /// <param name="report">The report. If nothing is broken its scenario is returned.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static Scenario Shrink(SimulationReport report, CancellationToken cancellationToken = default)
    {
        Check.NotNull(report);
        return report.Broken.Count == 0
            ? report.Scenario
            : ScenarioShrinker.Shrink(report.Scenario, smaller => RunUnmeasured(smaller, report.Seed, cancellationToken).Broken.Any(broken => broken.Invariant == report.Broken[0].Invariant));
    }

    /// <summary>Does something for each number below a count, some at a time. The first exception is thrown as it is.</summary>
    internal static void ForEach(int count, int parallelism, CancellationToken cancellationToken, Action<int> run)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken }, run);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }

    internal static SimulationReport RunUnmeasured(Scenario scenario, ulong seed, CancellationToken cancellationToken) =>
        Run(scenario, seed, KademliaTuning.Default, static () => 0, null, cancellationToken);

    internal static SimulationReport Run(Scenario scenario, ulong seed, KademliaTuning tuning, IProgress<SimulationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        SimulationReport report = Run(scenario, seed, tuning, static () => GC.GetTotalMemory(forceFullCollection: true), progress, cancellationToken);
        return report with { BytesPerNode = (report.BytesPerNode - memory) / scenario.Nodes };
    }

    /// <summary>Runs it; <paramref name="measure"/> is called while the network still stands, and its result is what the report says of the memory.</summary>
    private static SimulationReport Run(Scenario scenario, ulong seed, KademliaTuning tuning, Func<long> measure, IProgress<SimulationProgress>? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        scenario = RandomFaults.Draw(scenario, seed);
        using DhtWorld world = new(seed, new KademliaOptions { IsPublic = true, Tuning = Weaken(tuning, scenario.Undefended) }, scenario.Conditions, scenario.Nat, cancellationToken);
        ScenarioRun run = new(scenario, seed, world, tuning == KademliaTuning.Plain, progress);
        run.Prepare();
        long sent = world.Internet.Sent;
        TimeSpan begun = Environment.CpuUsage.TotalTime;
        run.Play();
        double seconds = (Environment.CpuUsage.TotalTime - begun).TotalSeconds, wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        SimulationReport report = run.Lookups.Report(scenario, seed) with
        {
            DatagramsPerSecond = (world.Internet.Sent - sent) / seconds,
            WallSeconds = wall,
            Broken = run.Broken,
        };
        return report with { BytesPerNode = measure() };
    }

    internal static KademliaTuning Weaken(KademliaTuning tuning, Defences off) => tuning with
    {
        PrefersBoundIds = tuning.PrefersBoundIds && !off.HasFlag(Defences.BoundIds),
        LimitsSubnets = tuning.LimitsSubnets && !off.HasFlag(Defences.SubnetLimits),
        SpreadsStores = tuning.SpreadsStores && !off.HasFlag(Defences.StoreSet),
        JudgesSources = tuning.JudgesSources && !off.HasFlag(Defences.SourceGraph),
        ChecksDensity = tuning.ChecksDensity && !off.HasFlag(Defences.DensityCheck),
    };
}
