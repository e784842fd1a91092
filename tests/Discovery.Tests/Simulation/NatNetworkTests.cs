using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Simulation.Dht;

namespace Discovery.Tests.Simulation;

/// <summary>Networks of which more than half is behind NATs.</summary>
public sealed class NatNetworkTests
{
    private const double Part = 0.6;

    [Test]
    public void WhatIsAnnouncedIsFoundAndSearchesEndWithThoseWhoCanBeReached([Values] NatKind kind)
    {
        Scenario scenario = Scenario.Create("nat").WithNodes(300).WithNat(kind, Part).WithLoss(0.01).WithLookups(150, TimeSpan.FromMinutes(1)) with { Keys = 20 };
        SimulationReport report = Simulator.Run(scenario, 3);
        Assert.That(report.Success, Is.GreaterThanOrEqualTo(0.99));
        Assert.That(report.Recall, Is.GreaterThan(0.9));
    }

    /// <summary>An address is one party: tables hold one host of it, and nobody can expect walks to end with the others.</summary>
    [TestCase(0.2, 3)]
    [TestCase(1, 2)]
    public void HostsThatShareAnAddressAreNoFaultOfTheWalks(double part, int hosts)
    {
        SimulationReport report = Simulator.Run(Scenario.Create("shared").WithNodes(100).WithNat(NatKind.FullCone, part, hosts).WithLookups(100, TimeSpan.FromMinutes(2)), 1);
        Assert.That(report.Broken, Is.Empty);
        Assert.That(report.Success, Is.GreaterThanOrEqualTo(0.95));
    }

    [TestCase(NatKind.RestrictedCone)]
    [TestCase(NatKind.PortRestrictedCone)]
    [TestCase(NatKind.Symmetric)]
    [TestCase(NatKind.Firewall)]
    public void WhomStrangersCannotReachIsSoonInNobodysTable(NatKind kind)
    {
        using DhtWorld world = new(5, new KademliaOptions { IsPublic = true }, new NetworkConditions { Loss = 0.01 }, [new NatShare(kind, Part)]);
        world.Settle(200, 0);
        world.Internet.RunUntil(world.Now + TimeSpan.FromMinutes(45));
        int entries = 0, unreachable = 0;
        for (int i = 0; i < world.Nodes.Count; i++)
        {
            if (!world.Nodes[i].IsReachable)
                continue;
            foreach (TableEntry entry in world.Nodes[i].Family.Table.Entries)
            {
                entries++;
                if (entry.Failures == 0 && !world.Nodes.Closest(entry.Id, 1)[0].IsReachable)
                    unreachable++;
            }
        }
        Assert.That(entries, Is.GreaterThan(3000));
        Assert.That((double)unreachable / entries, Is.LessThan(0.02));
    }

    [Test]
    public void EachKindHasItsPartOfTheHosts()
    {
        using DhtWorld world = new(1, new KademliaOptions { IsPublic = true }, new NetworkConditions(), [new NatShare(NatKind.FullCone, 0.3), new NatShare(NatKind.Symmetric, 0.2, 10)]);
        world.Settle(1000, 0);
        KademliaHost[] hosts = [.. Enumerable.Range(0, 1000).Select(i => world.Nodes[i])];
        Assert.That(hosts.Count(static host => host.Nat?.Kind == NatKind.FullCone), Is.EqualTo(300).Within(60));
        Assert.That(hosts.Count(static host => host.Nat?.Kind == NatKind.Symmetric), Is.EqualTo(200).Within(50));
        Assert.That(hosts.Where(static host => host.Nat?.Kind == NatKind.Symmetric).GroupBy(static host => host.OutsideAddress).Select(static group => group.Count()), Has.Some.EqualTo(10).And.All.LessThanOrEqualTo(10));
        Assert.That(hosts, Has.All.Matches<KademliaHost>(static host => SecureNodeId.IsValid(host.Id, host.OutsideAddress) && host.EndPoint.IsPrivate == host.Nat is not null));
        Assert.That(hosts.Where(static host => host.Nat is { Kind: NatKind.FullCone }), Has.All.Matches<KademliaHost>(static host => host.ReachedAt.IsUnicast && !host.ReachedAt.IsPrivate));
    }

    [Test]
    public void WhoeverReturnsIsWhereItWasOrBehindAnotherNatOfItsKind([Values] bool moves)
    {
        using DhtWorld world = new(1, new KademliaOptions { IsPublic = true }, new NetworkConditions(), [new NatShare(NatKind.PortRestrictedCone, 1)]);
        world.Settle(20, 0);
        PeerEndPoint[] before = [.. Enumerable.Range(0, 20).Select(i => world.Nodes[i].OutsideAddress)];
        foreach (KademliaHost host in world.Choose(1))
            world.Crash(host);
        world.RestartCrashed(moves);
        PeerEndPoint[] after = [.. Enumerable.Range(0, 20).Select(i => world.Nodes[i].OutsideAddress)];
        Assert.That(before.Intersect(after).Count(), Is.EqualTo(moves ? 0 : 20));
        Assert.That(Enumerable.Range(0, 20).Select(i => world.Nodes[i].Nat?.Kind), Has.All.EqualTo(NatKind.PortRestrictedCone));
    }
}
