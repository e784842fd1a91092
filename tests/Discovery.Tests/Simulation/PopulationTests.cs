using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Tests.Simulation;

public sealed class PopulationTests
{
    /// <summary>Seeds 386, 669 and 778 of the mixed scenario: hosts that took another id stayed where they were, and nobody could say any more which nodes were the nearest.</summary>
    [Test]
    public void AHostThatTakesAnotherIdTakesAnotherPlace()
    {
        using DhtWorld world = new(1, new KademliaOptions { IsPublic = true }, new());
        world.Settle(50, 0);
        for (int i = 0; i < 20; i++)
        {
            KademliaHost host = world.RandomNode();
            NodeId former = host.Id, id = NodeId.CreateRandom(world.Random);
            host.Family.ChangeId(id);
            host.Renamed!(host, former);
            Assert.That(world.Nodes.Closest(id, 1).Single(), Is.SameAs(host));
        }
        Assert.That(Enumerable.Range(0, world.Nodes.Count).Select(i => world.Nodes[i].Id), Is.Ordered);
        Assert.That(world.Nodes.Count, Is.EqualTo(50));
    }
}
