using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Tests.Simulation.Dht;

public sealed class TableWarmerTests
{
    private const int Count = 300;

    [Test]
    public void ASettledNetworkIsLikeOneThatHasGrown()
    {
        using DhtWorld settled = new(1, new() { IsPublic = true }, new()), grown = new(2, new() { IsPublic = true }, new());
        settled.Settle(Count, 0);
        for (int i = 0; i < Count; i++)
        {
            grown.Join();
            grown.Internet.RunUntil(grown.Now + TimeSpan.FromSeconds(3));
        }
        grown.Internet.RunUntil(grown.Now + TimeSpan.FromHours(1));
        Assert.That(Entries(settled), Is.EqualTo(Entries(grown)).Within(10).Percent);
        Assert.That(Rtt(settled), Is.EqualTo(Rtt(grown)).Within(15).Percent);
        Assert.That(Stall(settled), Is.EqualTo(Stall(grown)).Within(25).Percent);
        (double Queries, double Complete) ofSettled = Lookups(settled), ofGrown = Lookups(grown);
        Assert.That(ofSettled.Queries, Is.EqualTo(ofGrown.Queries).Within(30).Percent);
        Assert.That(ofSettled.Complete, Is.EqualTo(ofGrown.Complete).Within(30).Percent);
    }

    private static double Entries(DhtWorld world) => Families(world).Average(static family => family.Table.Count);

    private static double Rtt(DhtWorld world) => Families(world).SelectMany(static family => family.Table.Entries.ToArray()).Average(static entry => entry.Rtt.TotalMilliseconds);

    private static double Stall(DhtWorld world) => Families(world).Average(static family => family.Stall.Current.TotalMilliseconds);

    private static IEnumerable<KademliaFamily> Families(DhtWorld world) => Enumerable.Range(0, world.Nodes.Count).Select(i => world.Nodes[i].Family);

    /// <summary>The mean number of queries of a walk, and how long it takes.</summary>
    private static (double Queries, double Complete) Lookups(DhtWorld world)
    {
        List<FindNodeLookup> walks = [];
        for (int i = 0; i < 200; i++)
        {
            KademliaHost host = world.RandomNode();
            walks.Add(world.Start(host, host.Node.FindNode(NodeId.CreateRandom(world.Random), true, world.Now)));
            world.Internet.RunUntil(world.Now + TimeSpan.FromMilliseconds(100));
        }
        world.Internet.RunUntil(() => walks.TrueForAll(static walk => walk.IsFinished), world.Now + TimeSpan.FromMinutes(1));
        return (walks.Average(static walk => walk.Queried), walks.Average(static walk => (walk.FinishedAt!.Value - walk.StartedAt).TotalMilliseconds));
    }
}
