using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Engine;
using Discovery.Simulation.Invariants;

namespace Discovery.Tests.Simulation.Invariants;

/// <summary>A fault that no simulation knows breaks one rule; the simulation must say which, and the smallest scenario must be that fault alone.</summary>
public sealed class InvariantTests
{
    private static readonly Scenario Small = Scenario.Create("broken").WithNodes(40).WithKeys(4).WithLookups(40, TimeSpan.FromSeconds(20)).WithLoss(0.01)
        .WithChurn(new SessionLength.Exponential(TimeSpan.FromMinutes(10))).At(TimeSpan.FromSeconds(1), new SlowNodes(0.1, TimeSpan.FromMilliseconds(100)));

    private static readonly TestCaseData[] Sabotages =
    [
        new(RuleNames.Table, new Sabotage("unverified", static world => All(world, host => host.Family.Table.Answered(NodeId.CreateRandom(world.Random), world.FreeEndPoint(), TimeSpan.FromMilliseconds(50), world.Now)))),
        new(RuleNames.Memory, new Sabotage("hoard", static world => All(world, static host => host.Family.Remembered.AddRange(new SnapshotNode[129])))),
        new(RuleNames.Endless, new Sabotage("stuck", static world => All(world, static host => host.Family.IsLookingRound = true))),
        new(RuleNames.Recall, new Sabotage("forget", static world => world.Internet.Conditions = world.Internet.Conditions with { Loss = 0.9 })),
        new(RuleNames.DatagramSize, new Sabotage("large", static world => world.Internet.Send(world.RandomNode(), new byte[1473], world.RandomNode().EndPoint))),
        new(RuleNames.Timer, new Sabotage("spin", static world => world.Internet.Add(new Spinner(world.FreeEndPoint())))),
        new(RuleNames.Rate, new Sabotage("flood", static world => All(world, host => Flood(host, world.Now)))),
        new(RuleNames.Exception, new Sabotage("throw", static world => world.RandomNode().Do(world.Now, static (_, _) => throw new InvalidTimeZoneException("sabotage")))),
    ];

    [TestCaseSource(nameof(Sabotages))]
    public void ABrokenRuleIsSeen(string rule, Fault sabotage)
    {
        SimulationReport report = Simulator.Run(Small.At(TimeSpan.FromSeconds(2), sabotage), 1);
        Assert.That(report.Broken.Select(static broken => broken.Invariant), Does.Contain(rule));
    }

    [Test]
    public void WhatIsNotBrokenIsNotReported() => Assert.That(Simulator.Run(Small, 1).Broken, Is.Empty);

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
        Scenario scenario = Small.At(TimeSpan.FromSeconds(2), (Fault)Sabotages[0].Arguments[1]!).At(TimeSpan.FromSeconds(5), new MassKill(0.1));
        SeedsReport report = Simulator.RunSeeds(scenario, 1, 1);
        Assert.That(report.IsSound, Is.False);
        Assert.That(report.Failures.Single().ToString(), Does.EndWith("""
            Simulator.Run(Scenario.Create("broken")
                .WithNodes(20)
                .WithKeys(1)
                .WithLookups(0, TimeSpan.FromMilliseconds(2500))
                .At(TimeSpan.FromSeconds(2), unverified),
                seed: 1);
            """.ReplaceLineEndings("\n")));
    }

    private static void Flood(KademliaHost host, TimeSpan now)
    {
        for (int i = 0; i < 6; i++)
            host.Rate?.Sent(host.EndPoint, now);
    }

    private static void All(DhtWorld world, Action<KademliaHost> act)
    {
        for (int i = 0; i < world.Nodes.Count; i++)
            act(world.Nodes[i]);
    }

    private sealed class Spinner(PeerEndPoint endPoint) : SimulatedHost(endPoint)
    {
        public override TimeSpan NextTimeout => TimeSpan.Zero;

        public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply) => 0;

        public override void HandleTimeout(TimeSpan now) { }

        public override int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint to)
        {
            to = default;
            return 0;
        }
    }
}
