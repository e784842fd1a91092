using Discovery.Simulation;

namespace Discovery.Tests.Simulation;

/// <summary>A network in which nobody is left is a network too.</summary>
public sealed class EmptyNetworkTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1);

    private static readonly Scenario Small = Scenario.Create("end").WithNodes(40).WithKeys(5).WithItems(2).WithLookups(120, 2 * Minute);

    [Test]
    public void WhenAllAreDeadNobodyLooksForAnything([Values] Workload workload, [Values] bool churning)
    {
        SimulationReport report = Simulator.Run(Small.LookingFor(workload).WithChurn(churning ? new SessionLength.Exponential(TimeSpan.FromMinutes(5)) : null).At(Minute, new MassKill(1)), 1);
        Assert.That(report.Broken, Is.Empty);
        Assert.That(report.Lookups, Is.InRange(40, 80), "those that began before");
        Assert.That(report.Success, Is.EqualTo(1));
        Assert.That(report.Timeline.Where(static window => window.From > Minute).Sum(static window => window.Lookups), Is.Zero);
    }

    [Test]
    public void WhoeverDiesAtOnceHasNeverLooked()
    {
        SimulationReport report = Simulator.Run(Small.At(TimeSpan.Zero, new MassKill(1)), 1);
        Assert.That((report.Lookups, report.Broken.Count), Is.EqualTo((0, 0)));
        Assert.That(report.Success, Is.NaN);
    }

    [Test]
    public void WhenAllComeBackTheyAreOneNetworkAgain()
    {
        Scenario scenario = Small.WithLookups(300, TimeSpan.FromMinutes(20)).At(Minute, new Crash(1)).At(2 * Minute, new Restart());
        SimulationReport report = Simulator.Run(scenario, 1);
        Assert.That(report.Broken, Is.Empty);
        TimelineWindow[] late = [.. report.Timeline.Where(static window => window.From > TimeSpan.FromMinutes(18) && window.Lookups > 0)];
        Assert.That(late, Is.Not.Empty);
        Assert.That(late.Average(static window => window.Success), Is.EqualTo(1), "announced again after a quarter of an hour");
        Assert.That(late.Average(static window => window.Recall), Is.GreaterThan(0.99));
    }

    [Test]
    public void WhenAllMoveNobodyIsExpectedToBeFound()
    {
        Scenario scenario = Small.WithLookups(100, TimeSpan.FromMinutes(10)).At(Minute, new Crash(1)).At(2 * Minute, new Restart(Moves: true));
        SimulationReport report = Simulator.Run(scenario, 1);
        Assert.That(report.Broken, Is.Empty);
        Assert.That(report.Lookups, Is.GreaterThan(50), "they look, and find nothing");
    }

    private static readonly Fault[] Faults =
    [
        new MassKill(1), new Crash(1), new Restart(), new Partition(), new Heal(), new ClockSkew(1, 1.1), new SlowNodes(1, Second), new QueryFlood(), new TablePoisoning(2, 4, 4),
        new TokenAbuse(), new SybilSpread(1), new SybilPacked(5, HasBoundIds: true),
    ];

    [TestCaseSource(nameof(Faults))]
    public void WhateverBefallsNobody(Fault fault)
    {
        Assert.That(Simulator.Run(Small.At(Second, new MassKill(1)).At(2 * Second, fault), 1).Broken, Is.Empty);
        Assert.That(Simulator.Run(Small.At(Second, fault).At(2 * Second, new MassKill(1)), 1).Broken, Is.Empty);
    }
}
