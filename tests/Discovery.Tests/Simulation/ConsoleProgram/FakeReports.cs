using Discovery.Simulation;

namespace Discovery.Tests.Simulation.ConsoleProgram;

/// <summary>Reports of simulations that never were.</summary>
internal static class FakeReports
{
    public static SimulationReport Create(Scenario scenario, ulong seed, bool isPlain = false) => new()
    {
        Scenario = scenario,
        Seed = seed,
        History = 0xFEDC_BA98_7654_3210 + seed,
        Lookups = 5,
        Expired = 1,
        Success = 0.75,
        Recall = 0.9,
        CalmLookups = 126,
        Wanted = 1000,
        Reached = 995,
        LatencyMs = isPlain ? new(40, 60, 200) : new(20, 30, 50),
        CompleteMs = new(200, 300, 500),
        Hops = Math.Log2(scenario.Nodes),
        MessagesPerLookup = 10 + 2 * Math.Log2(scenario.Nodes),
        BytesPerNode = 40_000,
        Datagrams = 1_000_000,
        DatagramsPerSecond = 300_000.5,
        WallSeconds = 1.5,
        LatenciesMs = isPlain ? [30, 40, 200] : [10, 20, 50],
        HopCounts = [0, 3, 1],
        Timeline = [new(TimeSpan.Zero, 5, 0.75, 0.9, new(20, 30, 50)) { Expired = 1 }, new(TimeSpan.FromMinutes(1), 0, double.NaN, double.NaN, new(double.NaN, double.NaN, double.NaN))],
    };

    /// <summary>With nothing that could be measured.</summary>
    public static SimulationReport CreateEmpty(Scenario scenario, ulong seed) => Create(scenario, seed) with
    {
        Lookups = 0,
        Expired = 0,
        Wanted = 0,
        Reached = 0,
        Success = double.NaN,
        Recall = double.NaN,
        LatencyMs = new(double.NaN, double.NaN, double.NaN),
        CompleteMs = new(double.NaN, double.NaN, double.NaN),
        Hops = double.NaN,
        MessagesPerLookup = double.NaN,
        DatagramsPerSecond = double.PositiveInfinity,
        LatenciesMs = [],
        HopCounts = [],
        Timeline = [],
    };
}
