using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Invariants;

namespace Discovery.Tests.Simulation.Invariants;

/// <summary>Mutant nodes break one rule each; the simulation must say which, with the seed and the smallest scenario.</summary>
public sealed class InvariantTests
{
    private static readonly SlowNodes Harmless = new(0.1, TimeSpan.FromMilliseconds(50));

    private static readonly Scenario Small = Scenario.Create("broken").WithNodes(40).WithKeys(4).WithItems(4).WithLookups(40, TimeSpan.FromSeconds(40)).WithLoss(0.02).WithDeadEntries(0.2)
        .At(TimeSpan.FromSeconds(1), Harmless);

    private static readonly TestCaseData[] Sabotages =
    [
        new(RuleNames.Recall, Mutants.Deaf, null),
        new(RuleNames.Endless, Mutants.Timeless, null),
        new(RuleNames.Table, Mutants.Credulous, null),
        new(RuleNames.Table, Mutants.Narcissist, null),
        new(RuleNames.Table, Mutants.Parochial, new SybilPacked(30, HasBoundIds: false, PerSubnet: 30)),
        new(RuleNames.Memory, Mutants.Hoarder, null),
        new(RuleNames.Item, Mutants.Nostalgic, null),
        new(RuleNames.Item, Mutants.Forgetful, null),
        new(RuleNames.Token, Mutants.Trusting, new TokenAbuse()),
        new(RuleNames.DatagramSize, Mutants.Verbose, null),
        new(RuleNames.Timer, Mutants.Restless, null),
        new(RuleNames.Rate, Mutants.Pushy, null),
        new(RuleNames.Exception, Mutants.Thrower, null),
    ];

    [TestCaseSource(nameof(Sabotages))]
    public void ABrokenRuleIsSeenWithItsSeedAndTheSmallestScenario(string rule, Fault sabotage, Fault? temptation)
    {
        Scenario scenario = Small.At(TimeSpan.FromSeconds(2), sabotage);
        if (temptation is not null)
        {
            scenario = scenario.At(TimeSpan.FromSeconds(3), temptation);
            Assert.That(Simulator.Run(Small.At(TimeSpan.FromSeconds(3), temptation), 1).Broken, Is.Empty, "sound nodes withstand it");
        }
        SeedFailure failure = Simulator.RunSeeds(scenario, first: 1, count: 1).Failures.Single();
        TestContext.Out.WriteLine(failure);
        Assert.That((failure.Seed, failure.Broken.Invariant), Is.EqualTo((1UL, rule)));
        Assert.That(failure.ToString(), Does.StartWith("seed 1, after ").And.Contains(rule).And.Contains(failure.Broken.Detail).And.EndsWith("seed: 1);"));
        Assert.That(failure.Scenario.Steps.Select(static step => step.Fault), Is.EqualTo(temptation is null ? [sabotage] : new[] { sabotage, temptation }));
        Assert.That(failure.ToString(), Does.Contain($", {sabotage.ToCode()})"));
        Assert.That(failure.Scenario.Nodes * failure.Scenario.Lookups, Is.LessThan(40 * 40));
    }

    /// <summary>A fault that befalls nobody must not silence a rule.</summary>
    [TestCaseSource(nameof(Idle))]
    public void WhatTouchesNobodyExcusesNothing(Fault idle)
    {
        SimulationReport report = Simulator.Run(Small.At(TimeSpan.FromSeconds(1), idle).At(TimeSpan.FromSeconds(2), Mutants.Deaf), 1);
        Assert.That(report.Broken.Select(static broken => broken.Invariant), Does.Contain(RuleNames.Recall));
        Assert.That(report.CalmLookups, Is.GreaterThan(0));
    }

    private static readonly Fault[] Idle = [new Crash(0), new MassKill(0), new Heal(), new Partition(0), new Partition(1), new SybilSpread(0)];

    [Test]
    public void WhatIsNotBrokenIsNotReported() => Assert.That(Simulator.Run(Small, 1).Broken, Is.Empty);

    /// <summary>A clock at a hundredth of its rate lets a query wait for a quarter of an hour: that is the clock's fault, not the lookup's.</summary>
    [TestCase(0.01)]
    [TestCase(100)]
    public void AWrongClockIsNoLookupWithoutEnd(double rate)
    {
        SimulationReport report = Simulator.Run(Small.WithLookups(40, TimeSpan.FromMinutes(3)).WithLoss(0.1).At(TimeSpan.FromSeconds(2), new ClockSkew(1, rate, TimeSpan.FromDays(1))), 1);
        Assert.That(report.Broken.Select(static broken => broken.Invariant), Has.None.EqualTo(RuleNames.Endless));
    }

    [Test]
    public void WhoWatchesChangesNothing()
    {
        using DhtWorld watched = new(1, new KademliaOptions { IsPublic = true }, new()), unwatched = new(1, new KademliaOptions { IsPublic = true }, new());
        watched.Settle(40, 0);
        unwatched.Settle(40, 0);
        InvariantMonitor monitor = new(watched, new LookupLog(watched), 1);
        watched.Internet.RunUntil(watched.Now + TimeSpan.FromMinutes(1));
        unwatched.Internet.RunUntil(unwatched.Now + TimeSpan.FromMinutes(1));
        Assert.That(watched.Internet.History, Is.EqualTo(unwatched.Internet.History));
        Assert.That(monitor.Broken, Is.Empty);
    }

    [Test]
    public void AFailureIsMadeSmallerUntilOnlyItsCauseIsLeft()
    {
        Scenario scenario = Small.At(TimeSpan.FromSeconds(2), Mutants.Narcissist).At(TimeSpan.FromSeconds(5), new MassKill(0.1));
        SeedsReport report = Simulator.RunSeeds(scenario, 1, 1);
        Assert.That(report.IsSound, Is.False);
        Assert.That(report.Failures.Single().ToString(), Does.EndWith("""
            Simulator.Run(Scenario.Create("broken")
                .WithNodes(20)
                .WithKeys(1)
                .WithLookups(0, TimeSpan.FromMilliseconds(2500))
                .At(TimeSpan.FromSeconds(2), narcissist),
                seed: 1);
            """.ReplaceLineEndings("\n")));
    }
}
