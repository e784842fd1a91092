using Discovery.Simulation;

namespace Discovery.Tests.Simulation;

/// <summary>All kinds of faults at once. What a seed has found once stays here by its number.</summary>
public sealed class MixedFaultsTests
{
    private static readonly Scenario Mixed = ScenarioCatalog.Find("mixed")!;

    [Test]
    public void ThirtySeedsBreakNothing()
    {
        SeedsReport report = Simulator.RunSeeds(Mixed, first: 1, count: 30, parallelism: Environment.ProcessorCount);
        Assert.That(report.Failures, Is.Empty);
        Assert.That(report.IsSound, $"recall {report.Recall:P2}");
        Assert.That(report.Success, Is.GreaterThan(0.9), "whoever is slow or cut off himself may find nothing, others do");
    }

    [TestCase(92UL, Description = "nodes behind NATs counted as reachable before they had sent anything")]
    [TestCase(386UL, Description = "hosts that took another id stayed at their old place in the simulator's own list")]
    [TestCase(141UL, Description = "liars took over addresses behind NATs")]
    public void WhatBrokeOnceHolds(ulong seed) => Assert.That(Simulator.Run(Mixed, seed).Broken, Is.Empty);

    [Test]
    public void TheSeedDrawsTheFaultsAndTheReportTellsThem()
    {
        Scenario first = Simulator.Run(Mixed.WithNodes(20).WithLookups(1), 1).Scenario, second = Simulator.Run(Mixed.WithNodes(20).WithLookups(1), 2).Scenario;
        Assert.That(first.HasRandomFaults, Is.False);
        Assert.That(first.Steps, Is.Not.Empty.And.Not.EqualTo(second.Steps));
        Assert.That(Simulator.Run(first, 1).History, Is.EqualTo(Simulator.Run(Mixed.WithNodes(20).WithLookups(1), 1).History));
    }
}
