using Discovery.Simulation;

namespace Discovery.Tests.Simulation;

/// <summary>Whatever may be asked for is simulated: scenarios drawn from the ends of the ranges throw nothing, and the rules hold that do not depend on whether anybody can reach anybody.</summary>
public sealed class ExtremeScenarioTests
{
    private static readonly double[] Rates = [0.01, 0.5, 1, 2, 100];
    private static readonly TimeSpan[] Delays = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)];

    [Test]
    public void NothingThatIsAllowedBreaksTheSimulator([Range(0, 5)] int tens)
    {
        for (int seed = 10 * tens + 1; seed <= 10 * tens + 10; seed++)
        {
            Scenario scenario = Draw(new Random(seed));
            SimulationReport report = Simulator.Run(scenario, (ulong)seed);
            Assert.That(report.Broken.Where(static broken => broken.Invariant != RuleNames.Recall), Is.Empty, scenario.ToCode());
        }
    }

    private static Scenario Draw(Random random)
    {
        Scenario scenario = Scenario.Create("extreme").WithNodes(random.Next(2, 30)).WithKeys(random.Next(1, 4)).WithItems(random.Next(3)).WithLookups(random.Next(30), TimeSpan.FromMinutes(random.Next(1, 15)))
            .WithLoss(Half(random) * random.Next(2)).WithDeadEntries(0.45 * random.Next(3)).LookingFor((Workload)random.Next(2)).Without((Defences)random.Next(32));
        if (random.Next(2) == 0)
            scenario = scenario.WithNat((NatKind)random.Next(5), Half(random), random.Next(1, 4));
        if (random.Next(3) == 0)
            scenario = scenario.WithChurn(new SessionLength.Exponential(TimeSpan.FromSeconds(random.Next(1, 100))));
        if (random.Next(3) == 0)
            scenario = scenario.WithConditions(scenario.Conditions with
            {
                Duplication = random.Next(2),
                Reordering = random.Next(2),
                OneWay = Half(random),
                Upload = random.Next(2) == 0 ? 100 : null,
                Download = random.Next(2) == 0 ? 1000 : null,
                QueueSize = 5000 * random.Next(2),
                LargestDatagram = random.Next(2) == 0 ? 1 : 1472,
            });
        for (int i = random.Next(5); i > 0; i--)
            scenario = scenario.At(scenario.Duration * random.NextDouble(), DrawFault(random));
        return scenario;
    }

    private static Fault DrawFault(Random random) => random.Next(12) switch
    {
        0 => new MassKill(Half(random)),
        1 => new Crash(Half(random)),
        2 => new Restart(random.Next(2) == 0),
        3 => new Partition(Half(random)),
        4 => new Heal(),
        5 => new ClockSkew(Half(random), Rates[random.Next(Rates.Length)], TimeSpan.FromDays(365 * random.Next(2))),
        6 => new SlowNodes(Half(random), Delays[random.Next(Delays.Length)]),
        7 => new QueryFlood(random.Next(1, 3), random.Next(1, 5), random.Next(1, 200)),
        8 => new TablePoisoning(random.Next(1, 3), random.Next(2, 6), random.Next(1, 5), (Lies)random.Next(32)),
        9 => new TokenAbuse(random.Next(2, 5)),
        10 => new SybilSpread(Half(random), (Lies)random.Next(32)),
        _ => new SybilPacked(random.Next(1, 10), random.Next(2) == 0, random.Next(1, 250), (Lies)random.Next(32)),
    };

    /// <summary>None, a half, or all.</summary>
    private static double Half(Random random) => random.Next(3) * 0.5;
}
