using Discovery.Interop.Tests.Support;
using Discovery.Kademlia;
using Discovery.Transports;

namespace Discovery.Interop.Tests.OwnNetwork;

/// <summary>Two hundred nodes of ours in one process, each with a socket of its own on loopback and the defaults that an application gets.</summary>
public sealed class ManyNodesTests
{
    private const int Count = 200;
    private const int Topics = 10;
    private const int AtOnce = 16;

    /// <summary>Who dies is a matter of the ids: of this seed at least three keepers of every topic survive. Drawn anew each time, a topic would now and then lose all eight.</summary>
    private const int Seed = 30;

    [Test]
    public async Task EveryNodeFindsEveryTopicAndSurvivorsFindThoseOfSurvivors()
    {
        Random random = new(Seed);
        DhtNode[] nodes = await StartAsync(random);
        try
        {
            (NodeId Topic, DhtNode Announcer, PeerEndPoint EndPoint)[] announced = [.. Enumerable.Range(0, Topics).Select(i =>
                (NodeId.CreateRandom(random), nodes[i * Count / Topics + 7], nodes[i * Count / Topics + 7].LocalEndPoints[0]))];
            await Parallel.ForEachAsync(announced, async (topic, _) =>
            {
                DhtStored stored = await topic.Announcer.AnnounceAsync(topic.Topic, cancellationToken: CancellationToken.None);
                Assert.That(stored.Acknowledged, Is.GreaterThanOrEqualTo(8));
            });
            await LookUpAsync(nodes, announced);

            DhtNode[] killed = [.. nodes];
            random.Shuffle(killed);
            killed = killed[..(Count * 3 / 10)];
            announced = [.. announced.Where(topic => !killed.Contains(topic.Announcer))];
            Assert.That(announced.Select(topic => Nearest(nodes, topic.Topic).Except(killed).Count()), Has.All.AtLeast(3));
            await Task.WhenAll(killed.Select(static node => node.DisposeAsync().AsTask()));
            await LookUpAsync(nodes.Except(killed), announced);
        }
        finally
        {
            await Task.WhenAll(nodes.Select(static node => node.DisposeAsync().AsTask()));
        }
    }

    private static async Task<DhtNode[]> StartAsync(Random random)
    {
        PeerEndPoint anyPort = Loopback.EndPoint(70, 0);
        DhtNode[] nodes = [.. Enumerable.Range(0, Count).Select(_ => new DhtNode([new UdpTransport(anyPort)], new() { IdIPv4 = NodeId.CreateRandom(random) }))];
        nodes[0].Start();
        foreach (DhtNode node in nodes.Skip(1))
        {
            node.AddRouter(nodes[0].LocalEndPoints[0]);
            node.Start();
        }
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(180));
        foreach (DhtNode node in nodes)
            await node.WaitForTableSizeAsync(8, patience.Token);
        await Eventually.IsAsync("every walk ends at the nearest nodes", () => HasSettledAsync(nodes));
        return nodes;
    }

    private static async Task LookUpAsync(IEnumerable<DhtNode> nodes, (NodeId Topic, DhtNode Announcer, PeerEndPoint EndPoint)[] announced)
    {
        List<string> missed = [];
        var pairs = nodes.SelectMany(node => announced.Select(topic => (Node: node, topic.Topic, topic.EndPoint)));
        await Parallel.ForEachAsync(pairs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (pair, _) =>
        {
            HashSet<PeerEndPoint> found = await pair.Node.PeersAsync(pair.Topic);
            if (!found.SetEquals([pair.EndPoint]))
                lock (missed)
                    missed.Add($"{pair.Node.LocalEndPoints[0]} under {pair.Topic} found [{string.Join(' ', found)}] instead of {pair.EndPoint}");
        });
        Assert.That(missed, Is.Empty);
    }

    /// <summary>Whether every node finds the nodes that are nearest in truth to a few targets.</summary>
    private static async Task<bool> HasSettledAsync(DhtNode[] nodes)
    {
        NodeId[] targets = [.. Enumerable.Range(0, 4).Select(static _ => Nodes.RandomId())];
        int wrong = 0;
        await Parallel.ForEachAsync(nodes, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (node, _) =>
        {
            foreach (NodeId target in targets)
            {
                DhtNodes found = await node.FindNodeAsync(target, CancellationToken.None);
                if (!found.Nodes.Select(static contact => contact.Id).SequenceEqual(Nearest(nodes.Where(other => other != node), target).Select(static other => other.IdIPv4!.Value)))
                    Interlocked.Increment(ref wrong);
            }
        });
        return wrong == 0;
    }
    /// <summary>The nodes that are nearest to a target in truth.</summary>
    private static IEnumerable<DhtNode> Nearest(IEnumerable<DhtNode> nodes, NodeId target) => nodes.OrderBy(node => NodeId.Distance(target, node.IdIPv4!.Value)).Take(8);
}
