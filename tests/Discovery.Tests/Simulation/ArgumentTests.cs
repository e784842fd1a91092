using Discovery.Simulation;

namespace Discovery.Tests.Simulation;

/// <summary>What no simulation can be made of is refused where it is said, by its name.</summary>
public sealed class ArgumentTests
{
    private static readonly Scenario Some = Scenario.Create("some");
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1), Second = TimeSpan.FromSeconds(1), Hour = TimeSpan.FromHours(1), Year = TimeSpan.FromDays(365);
    private static readonly double[] NoParts = [-0.001, 1.001, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    private static readonly (string Name, Func<double, object> Make)[] Parts =
    [
        ("loss", static part => Some.WithLoss(part)),
        ("jitter", static part => Some.WithJitter(part)),
        ("part", static part => Some.WithNat(NatKind.FullCone, part)),
        ("Part", static part => new NatShare(NatKind.FullCone, part)),
        ("Loss", static part => new NetworkConditions { Loss = part }),
        ("Jitter", static part => new NetworkConditions { Jitter = part }),
        ("Duplication", static part => new NetworkConditions { Duplication = part }),
        ("Reordering", static part => new NetworkConditions { Reordering = part }),
        ("OneWay", static part => new NetworkConditions { OneWay = part }),
        ("Part", static part => new MassKill(part)),
        ("Part", static part => new Crash(part)),
        ("Part", static part => new Partition(part)),
        ("Part", static part => new ClockSkew(part, 1)),
        ("Part", static part => new SlowNodes(part, Second)),
        ("Part", static part => new SybilSpread(part)),
    ];

    /// <summary>Each range: its name, what lies just outside, what lies just inside.</summary>
    private static readonly (string Name, Func<object>[] Wrong, Func<object>[] Right)[] Ranges =
    [
        Range("nodes", static value => Some.WithNodes(value), 2, 10_000_000),
        Range("Nodes", static value => Some with { Nodes = value }, 2, 10_000_000),
        Range("keys", static value => Some.WithKeys(value), 1, 1_000_000),
        Range("Keys", static value => Some with { Keys = value }, 1, 1_000_000),
        Range("items", static value => Some.WithItems(value), 0, 1_000_000),
        Range("Items", static value => Some with { Items = value }, 0, 1_000_000),
        Range("lookups", static value => Some.WithLookups(value), 0, 10_000_000),
        Range("lookups", static value => Some.WithLookups(value, Second), 0, 10_000_000),
        Range("Lookups", static value => Some with { Lookups = value }, 0, 10_000_000),
        Range("duration", static value => Some.WithLookups(1, value), Tick, Year),
        Range("duration", static value => Some.Lasting(value), Tick, Year),
        Range("Duration", static value => Some with { Duration = value }, Tick, Year),
        Range("time", static value => Some.StartingLookups(value), TimeSpan.Zero, Year),
        Range("FirstLookup", static value => Some with { FirstLookup = value }, TimeSpan.Zero, Year),
        Range("time", static value => Some.At(value, new Heal()), TimeSpan.Zero, TimeSpan.MaxValue),
        Range("part", static value => Some.WithDeadEntries(value), 0, 0.9),
        Range("DeadEntries", static value => Some with { DeadEntries = value }, 0, 0.9),
        Range("workload", static value => Some.LookingFor((Workload)value), 0, 1),
        Range("Workload", static value => Some with { Workload = (Workload)value }, 0, 1),
        Range("defences", static value => Some.Without((Defences)value), 0, 31),
        Range("Undefended", static value => Some with { Undefended = (Defences)value }, 0, 31),
        Range("kind", static value => Some.WithNat((NatKind)value, 0.1), 0, 4),
        Range("hostsBehindOne", static value => Some.WithNat(NatKind.FullCone, 0.1, value), 1, 250),
        Range("Kind", static value => new NatShare((NatKind)value, 0.1), 0, 4),
        Range("HostsBehindOne", static value => new NatShare(NatKind.FullCone, 0.1, value), 1, 250),
        Range("MappingTimeout", static value => new NatShare(NatKind.FullCone, 0.1) { MappingTimeout = value }, TimeSpan.FromMilliseconds(1), Year),
        Range("ReorderingDelay", static value => new NetworkConditions { ReorderingDelay = value }, TimeSpan.Zero, Hour),
        Range("Upload", static value => new NetworkConditions { Upload = value }, 1, int.MaxValue),
        Range("Download", static value => new NetworkConditions { Download = value }, 1, int.MaxValue),
        Range("QueueSize", static value => new NetworkConditions { QueueSize = value }, 0, int.MaxValue),
        Range("LargestDatagram", static value => new NetworkConditions { LargestDatagram = value }, 1, 1472),
        Range("Length", static value => new SessionLength.Exponential(value), Second, TimeSpan.FromDays(3650)),
        Range("Scale", static value => new SessionLength.Weibull(value, 1), Second, TimeSpan.FromDays(3650)),
        Range("Shape", static value => new SessionLength.Weibull(Hour, value), 0.01, 100),
        Range("Median", static value => new SessionLength.LogNormal(value, 1), Second, TimeSpan.FromDays(3650)),
        Range("Sigma", static value => new SessionLength.LogNormal(Hour, value), 0.01, 100),
        Range("Rate", static value => new ClockSkew(0.1, value), 0.01, 100),
        Range("Jump", static value => new ClockSkew(0.1, 1, value), TimeSpan.Zero, Year),
        Range("Delay", static value => new SlowNodes(0.1, value), TimeSpan.Zero, Hour),
        Range("Addresses", static value => new SybilPacked(value, true), 1, 10_000),
        Range("PerSubnet", static value => new SybilPacked(1, true, value), 1, 250),
        Range("Lies", static value => new SybilPacked(1, true, 1, (Lies)value), 0, 31),
        Range("Lies", static value => new SybilSpread(0.1, (Lies)value), 0, 31),
        Range("Addresses", static value => new TablePoisoning(value), 1, 10_000),
        Range("Victims", static value => new TablePoisoning(1, value), 2, 10_000),
        Range("Ports", static value => new TablePoisoning(1, 2, value), 1, 10_000),
        Range("Lies", static value => new TablePoisoning(Lies: (Lies)value), 0, 31),
        Range("Addresses", static value => new QueryFlood(value), 1, 10_000),
        Range("Victims", static value => new QueryFlood(1, value), 1, 10_000),
        Range("PerSecond", static value => new QueryFlood(1, 1, value), 1, 100_000),
        Range("Addresses", static value => new TokenAbuse(value), 2, 10_000),
        Range("roundTrip", static value => LatencyModel.Constant(value), TimeSpan.Zero, Hour),
        Range("least", static value => LatencyModel.Pareto(value, 1, Hour), Tick, Hour),
        Range("shape", static value => LatencyModel.Pareto(Second, value, Hour), 0.01, 100),
        Range("most", static value => LatencyModel.Pareto(Second, 1, value), Second, Hour),
        Range("median", static value => LatencyModel.LogNormal(value, 1), Tick, Hour),
        Range("sigma", static value => LatencyModel.LogNormal(Second, value), 0, 10.0),
        Range("side", static value => LatencyModel.Plane(value, Second), TimeSpan.Zero, Hour),
        Range("least", static value => LatencyModel.Plane(Second, value), TimeSpan.Zero, Hour),
    ];

    private static readonly (string Name, Func<object?> Make)[] Nothings =
    [
        ("name", static () => Scenario.Create(null!)),
        ("Name", static () => new Scenario { Name = null! }),
        ("name", static () => ScenarioCatalog.Find(null!)),
        ("description", static () => Some.WithDescription(null!)),
        ("Description", static () => Some with { Description = null! }),
        ("latency", static () => Some.WithLatency(null!)),
        ("conditions", static () => Some.WithConditions(null!)),
        ("Conditions", static () => Some with { Conditions = null! }),
        ("share", static () => Some.WithNat(null!)),
        ("Nat", static () => Some with { Nat = null! }),
        ("Nat", static () => Some with { Nat = [null!] }),
        ("Steps", static () => Some with { Steps = null! }),
        ("Steps", static () => Some with { Steps = [default] }),
        ("fault", static () => Some.At(Second, null!)),
        ("points", static () => LatencyModel.Quantiles(0, null!)),
        ("values", static () => Quantiles.Of(null!)),
        ("scenario", static () => Simulator.Run(null!, 1)),
        ("scenario", static () => Simulator.RunSeeds(null!, 1, 1)),
        ("report", static () => Simulator.Shrink(null!)),
    ];

    [Test]
    public void APartIsZeroToOne()
    {
        Assert.Multiple(() =>
        {
            foreach ((string name, Func<double, object> make) in Parts)
            {
                foreach (double wrong in NoParts)
                    Assert.That(() => make(wrong), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(name), $"{name}, {wrong}");
                Assert.That(() => (make(0), make(1)), Throws.Nothing, name);
            }
        });
    }

    [Test]
    public void ARangeHasEnds()
    {
        Assert.Multiple(() =>
        {
            foreach ((string name, Func<object>[] wrong, Func<object>[] right) in Ranges)
            {
                for (int i = 0; i < wrong.Length; i++)
                    Assert.That(() => wrong[i](), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(name), $"{name}, {i}");
                for (int i = 0; i < right.Length; i++)
                    Assert.That(() => right[i](), Throws.Nothing, $"{name}, {i}");
            }
        });
    }

    [Test]
    public void NothingIsRefused()
    {
        Assert.Multiple(() =>
        {
            foreach ((string name, Func<object?> make) in Nothings)
                Assert.That(() => make(), Throws.InstanceOf<ArgumentNullException>().With.Property("ParamName").EqualTo(name), name);
        });
    }

    [Test]
    public void AQuantileFunctionGrows()
    {
        foreach ((double, double)[] points in new (double, double)[][]
        {
            [], [(0, 1)], [(0, 1), (0.5, 2)], [(0.1, 1), (1, 2)], [(0, 0), (1, 2)], [(0, -1), (1, 2)], [(0, 2), (1, 1)], [(0, 1), (0.5, 2), (0.5, 3), (1, 4)],
            [(0, 1), (double.NaN, 2), (1, 3)], [(0, double.NaN), (1, 2)], [(0, 1), (1, double.NaN)], [(0, 1), (1, double.PositiveInfinity)], [(0, 1), (1, 3_600_001)],
        })
            Assert.That(() => LatencyModel.Quantiles(0, points), Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo("points"), string.Join(" ", points));
    }

    [Test]
    public void NoMoreThanAllAreBehindNats()
    {
        Assert.That(() => Some.WithNat(NatKind.FullCone, 0.6).WithNat(NatKind.Symmetric, 0.5), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("part"));
        Assert.That(() => Some.WithNat(NatKind.FullCone, 0.6).WithNat(new NatShare(NatKind.Symmetric, 0.5)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("share"));
        Assert.That(() => Some with { Steps = [new(-Tick, new Heal())] }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("Steps"));
        Scenario all = Some;
        for (int i = 0; i < 10; i++)
            all = all.WithNat(NatKind.FullCone, 0.1);
        Assert.That(() => all.WithNat(NatKind.Symmetric, 0), Throws.Nothing, "tenths make a whole");
    }

    [Test]
    public void ASimulationIsOfSomething()
    {
        Assert.That(() => Simulator.RunSeeds(Some, 1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("count"));
        Assert.That(() => Simulator.RunSeeds(Some, 1, -1), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("count"));
        Assert.That(() => Simulator.RunSeeds(Some, 1, 1_000_001), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("count"));
        Assert.That(() => Simulator.RunSeeds(Some, 1, 1, 0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("parallelism"));
        Scenario late = Some.WithLookups(5, Hour).StartingLookups(Hour + Tick);
        Assert.That(() => Simulator.Run(late, 1), Throws.ArgumentException.With.Property("ParamName").EqualTo("scenario").And.Message.Contains("01:00:00"));
        Assert.That(() => Simulator.RunSeeds(late, 1, 1), Throws.ArgumentException.With.Property("ParamName").EqualTo("scenario"));
        Assert.That(Simulator.Run(late.WithNodes(4).WithKeys(1).WithLookups(0, Second), 1).Lookups, Is.Zero, "nobody looks: no matter when");
    }

    /// <summary>Values at the ends of what is allowed must not break anything either.</summary>
    [Test]
    public void TheEndsOfTheRangesAreSimulated()
    {
        Scenario scenario = Some.WithNodes(12).WithKeys(2).WithItems(1).WithLookups(20, TimeSpan.FromMinutes(2)).WithDeadEntries(0.9).WithLatency(LatencyModel.LogNormal(Second, 10))
            .WithNat(new NatShare(NatKind.Symmetric, 0.3) { MappingTimeout = Year }).WithNat(new NatShare(NatKind.RestrictedCone, 0.3) { MappingTimeout = TimeSpan.FromMilliseconds(1) });
        SessionLength[] sessions = [new SessionLength.Weibull(Second, 0.01), new SessionLength.Weibull(TimeSpan.FromDays(3650), 100), new SessionLength.LogNormal(Second, 100), new SessionLength.Exponential(Second)];
        foreach (SessionLength session in sessions)
            Assert.That(() => Simulator.Run(scenario.WithChurn(session), 1), Throws.Nothing, session.ToString());
        Fault[] faults = [new ClockSkew(1, 0.01, Year), new ClockSkew(1, 100, Year), new SlowNodes(1, Hour), new QueryFlood(1, 1, 1000), new SybilPacked(20, false, 250)];
        foreach (Fault fault in faults)
            Assert.That(() => Simulator.Run(scenario.At(Second, fault), 1), Throws.Nothing, fault.ToString());
    }

    private static (string, Func<object>[], Func<object>[]) Range(string name, Func<int, object> make, int least, int most)
    {
        List<Func<object>> wrong = [() => make(least - 1), () => make(int.MinValue)];
        if (most < int.MaxValue)
            wrong.AddRange([() => make(most + 1), () => make(int.MaxValue)]);
        return (name, [.. wrong], [() => make(least), () => make(most)]);
    }

    private static (string, Func<object>[], Func<object>[]) Range(string name, Func<double, object> make, double least, double most) =>
        (name, [.. new[] { least - 0.001, most + 0.001, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue }.Select(value => (Func<object>)(() => make(value)))], [() => make(least), () => make(most)]);

    private static (string, Func<object>[], Func<object>[]) Range(string name, Func<TimeSpan, object> make, TimeSpan least, TimeSpan most)
    {
        List<Func<object>> wrong = [() => make(least - Tick), () => make(TimeSpan.MinValue)];
        if (most < TimeSpan.MaxValue)
            wrong.AddRange([() => make(most + Tick), () => make(TimeSpan.MaxValue)]);
        return (name, [.. wrong], [() => make(least), () => make(most)]);
    }
}
