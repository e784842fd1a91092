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

    [Test]
    public async Task EveryNodeFindsEveryTopicAndSurvivorsFindThoseOfSurvivors()
    {
        DhtNode[] nodes = await StartAsync();
        try
        {
            (NodeId Topic, DhtNode Announcer, PeerEndPoint EndPoint)[] announced = [.. Enumerable.Range(0, Topics).Select(i =>
                (Nodes.RandomId(), nodes[i * Count / Topics + 7], nodes[i * Count / Topics + 7].LocalEndPoints[0]))];
            await Parallel.ForEachAsync(announced, async (topic, _) =>
            {
                DhtStored stored = await topic.Announcer.AnnounceAsync(topic.Topic, cancellationToken: CancellationToken.None);
                Assert.That(stored.Acknowledged, Is.GreaterThanOrEqualTo(8));
            });
            await LookUpAsync(nodes, announced);

            DhtNode[] killed = [.. nodes];
            new Random(30).Shuffle(killed);
            killed = killed[..(Count * 3 / 10)];
            await Task.WhenAll(killed.Select(static node => node.DisposeAsync().AsTask()));
            await LookUpAsync(nodes.Except(killed), [.. announced.Where(topic => !killed.Contains(topic.Announcer))]);
        }
        finally
        {
            await Task.WhenAll(nodes.Select(static node => node.DisposeAsync().AsTask()));
        }
    }

    private static async Task<DhtNode[]> StartAsync()
    {
        PeerEndPoint anyPort = Loopback.EndPoint(70, 0);
        DhtNode[] nodes = [Nodes.Start(anyPort), .. Enumerable.Range(1, Count - 1).Select(_ => new DhtNode([new UdpTransport(anyPort)]))];
        foreach (DhtNode node in nodes.Skip(1))
        {
            node.AddRouter(nodes[0].LocalEndPoints[0]);
            node.Start();
        }
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(40));
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
                IEnumerable<NodeId> nearest = nodes.Where(other => other != node).Select(static other => other.IdIPv4!.Value).OrderBy(id => NodeId.Distance(target, id)).Take(8);
                DhtNodes found = await node.FindNodeAsync(target, CancellationToken.None);
                if (!found.Nodes.Select(static contact => contact.Id).SequenceEqual(nearest))
                    Interlocked.Increment(ref wrong);
            }
        });
        return wrong == 0;
    }
}
