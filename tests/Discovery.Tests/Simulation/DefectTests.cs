using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Engine;

namespace Discovery.Tests.Simulation;

/// <summary>What a node throws is a finding; what the simulator or its caller throws is not.</summary>
public sealed class DefectTests
{
    private static readonly Scenario Small = Scenario.Create("defect").WithNodes(20).WithKeys(2).WithLookups(10, TimeSpan.FromSeconds(10));

    private static readonly Fault[] Nodes =
    [
        new Sabotage("call", static world => world.RandomNode().Do(world.Now, static (_, _) => throw new InvalidTimeZoneException("sabotage"))),
        new Sabotage("operation", static world => Look(world, static _ => throw new InvalidTimeZoneException("sabotage"))),
    ];

    [TestCaseSource(nameof(Nodes))]
    public void WhatANodeThrowsIsAFinding(Fault sabotage)
    {
        BrokenInvariant broken = Simulator.Run(Small.At(TimeSpan.FromSeconds(2), sabotage), 1).Broken.Single();
        Assert.That(broken.Invariant, Is.EqualTo("no node throws"));
        Assert.That(broken.At, Is.InRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)));
        Assert.That(broken.Detail, Does.Contain(nameof(InvalidTimeZoneException)).And.Contains("sabotage"));
    }

    private static readonly Fault[] Mistakes =
    [
        new Sabotage("fault", static _ => throw new InvalidTimeZoneException("mistake")),
        new Sabotage("listener", static world => Look(world, static _ => ListenerFailure.Guard(static () => throw new InvalidTimeZoneException("mistake")))),
        new Sabotage("latency", static world => world.Internet.Conditions = new() { Latency = new NoLatency() }),
    ];

    [TestCaseSource(nameof(Mistakes))]
    public void WhatTheSimulatorOrItsCallerThrowsIsThrown(Fault mistake)
    {
        Scenario scenario = Small.At(TimeSpan.FromSeconds(2), mistake);
        Assert.That(() => Simulator.Run(scenario, 1), Throws.InstanceOf<InvalidTimeZoneException>());
        Assert.That(() => Simulator.RunSeeds(scenario, 1, 2, 2), Throws.InstanceOf<InvalidTimeZoneException>());
    }

    /// <summary>Begins a walk, and tells of its end.</summary>
    private static void Look(DhtWorld world, Action<Lookup> told)
    {
        KademliaHost host = world.RandomNode();
        FindNodeLookup lookup = host.Node.FindNode(NodeId.CreateRandom(world.Random), true, world.Now);
        lookup.Completed = told;
        world.Start(host, lookup);
    }

    private sealed class NoLatency : ILatencyModel
    {
        public TimeSpan RoundTrip(in PeerEndPoint left, in PeerEndPoint right) => throw new InvalidTimeZoneException("mistake");
    }
}
