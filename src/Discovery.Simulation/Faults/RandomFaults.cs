using Discovery.Simulation.Engine;

namespace Discovery.Simulation;

/// <summary>Draws what befalls a network: the same for the same seed, and as data, so that what broke it can be made smaller.</summary>
internal static class RandomFaults
{
    private const int Kinds = 5, MinFaults = 2;

    /// <summary>One run in so many has liars in it, one in so many hosts behind NATs.</summary>
    private const int LyingRuns = 4, NatRuns = 3;

    /// <summary>One run in so many is long: nodes become known, tables go round, parts grow together again.</summary>
    private const int LongRuns = 16, Longer = 8;

    /// <summary>The scenario with everything drawn.</summary>
    public static Scenario Draw(Scenario scenario, ulong seed)
    {
        if (!scenario.HasRandomFaults)
            return scenario;
        SimulationRandom random = new(SimulationRandom.Mix(seed + 1));
        scenario = scenario with
        {
            HasRandomFaults = false,
            Duration = random.Next(LongRuns) == 0 && scenario.Duration < ScenarioRanges.Longest / Longer ? scenario.Duration * Longer : scenario.Duration,
            DeadEntries = random.Next(2) * Rounded(0.2 * random.NextDouble()),
            Nat = DrawNats(random),
            Churn = DrawSessions(random),
            Conditions = scenario.Conditions with
            {
                Loss = Rounded(0.03 * random.NextDouble()),
                Jitter = Rounded(0.3 * random.NextDouble()),
                Duplication = random.Next(2) * Rounded(0.03 * random.NextDouble()),
                Reordering = random.Next(2) * Rounded(0.1 * random.NextDouble()),
            },
        };
        int[] kinds = [.. Enumerable.Range(0, Kinds)];
        for (int i = 0, count = random.Next(MinFaults, Kinds + 1); i < count; i++)
        {
            int pick = random.Next(i, Kinds);
            (kinds[i], kinds[pick]) = (kinds[pick], kinds[i]);
            scenario = DrawFault(kinds[i], scenario, random);
        }
        return random.Next(LyingRuns) == 0 ? scenario.At(DrawTime(scenario, random), DrawAttack(random)) : scenario;
    }

    private static SessionLength? DrawSessions(SimulationRandom random)
    {
        TimeSpan length = TimeSpan.FromMinutes(random.Next(10, 60));
        return random.Next(4) switch
        {
            0 => new SessionLength.Exponential(length),
            1 => new SessionLength.Weibull(length, 0.6),
            2 => new SessionLength.LogNormal(length, 1),
            _ => null,
        };
    }

    private static Scenario DrawFault(int kind, Scenario scenario, SimulationRandom random)
    {
        TimeSpan one = DrawTime(scenario, random), other = DrawTime(scenario, random), first = one < other ? one : other, second = one < other ? other : one;
        double part = Rounded(0.05 + 0.25 * random.NextDouble());
        return kind switch
        {
            0 => scenario.At(first, new MassKill(part)),
            1 => scenario.At(first, new Crash(part)).At(second, new Restart(Moves: random.Next(2) == 0)),
            2 => scenario.At(first, new Partition(Rounded(0.2 + part))).At(second, new Heal()),
            3 => scenario.At(first, new ClockSkew(part, Rounded(0.95 + 0.1 * random.NextDouble()), TimeSpan.FromSeconds(random.Next(2) * random.Next(1000)))),
            _ => scenario.At(first, new SlowNodes(part, TimeSpan.FromMilliseconds(random.Next(50, 2000)))).At(second, new SlowNodes(part, TimeSpan.Zero)),
        };
    }

    private static Fault DrawAttack(SimulationRandom random)
    {
        Lies lies = (Lies)random.Next(32);
        return random.Next(3) switch
        {
            0 => new SybilSpread(Rounded(0.2 * random.NextDouble()), lies),
            1 => new SybilPacked(random.Next(1, 20), HasBoundIds: random.Next(2) == 0, PerSubnet: random.Next(1, 5), lies),
            _ => new TablePoisoning(random.Next(1, 5), Victims: random.Next(2, 10), Ports: random.Next(1, 64), lies),
        };
    }

    // Of those who share one address searches and tables take one: only whom strangers do not reach anyway sits beside others.
    private static IReadOnlyList<NatShare> DrawNats(SimulationRandom random) =>
        random.Next(NatRuns) > 0 ? [] : [new((NatKind)random.Next(1, 5), Rounded(0.3 * random.NextDouble()), random.Next(1, 4)), new(NatKind.FullCone, Rounded(0.3 * random.NextDouble()))];

    private static TimeSpan DrawTime(Scenario scenario, SimulationRandom random) => TimeSpan.FromSeconds(random.Next((int)scenario.Duration.TotalSeconds + 1));

    /// <summary>What is printed shall be short and mean the same.</summary>
    private static double Rounded(double value) => Math.Round(value, 3);
}
