using Discovery.Simulation;

namespace Discovery.Tests.Simulation;

public sealed class SimulatorTests
{
    private static readonly Scenario Small = new()
    {
        Name = "small",
        Nodes = 200,
        DeadEntries = 0.2,
        Churn = new SessionLength.Exponential(TimeSpan.FromMinutes(30)),
        Conditions = new() { Loss = 0.01 },
        Keys = 20,
        Lookups = 100,
        Duration = TimeSpan.FromMinutes(1),
    };

    [Test]
    public void OneSeedHasOneHistory()
    {
        SimulationReport first = Simulator.Run(Small, 7), second = Simulator.Run(Small, 7), other = Simulator.Run(Small, 8);
        Assert.That(second.History, Is.EqualTo(first.History));
        Assert.That(second.LatencyMs, Is.EqualTo(first.LatencyMs));
        Assert.That(other.History, Is.Not.EqualTo(first.History));
    }

    [Test]
    public void WhatIsAnnouncedIsFoundThoughAFifthOfAllIsGone()
    {
        SimulationReport report = Simulator.Run(Small, 1);
        Assert.That(report.Lookups, Is.EqualTo(100));
        Assert.That(report.Success, Is.EqualTo(1));
        Assert.That(report.LatencyMs.P50, Is.LessThan(200));
    }
}
