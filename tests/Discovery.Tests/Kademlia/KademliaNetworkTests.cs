using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

/// <summary>Hundreds of nodes in virtual time.</summary>
public sealed class KademliaNetworkTests
{
    private const int Size = 300;

    private static PeerEndPoint Private(int index) => new(0x0A00_0001 + (uint)index, 6881);

    /// <summary>Every node in a network of its own.</summary>
    private static PeerEndPoint Public(int index) => new(0x1401_0001 + ((uint)index << 16), 6881);

    /// <summary>Nodes that all know one host, at first.</summary>
    private static VirtualNetwork Join(int size, int seed, Func<int, PeerEndPoint> address, KademliaOptions? options = null, double loss = 0)
    {
        VirtualNetwork network = new(seed) { Loss = loss };
        for (int i = 0; i < size; i++)
        {
            VirtualNetwork.Host host = network.Add(address(i), options: options);
            network.With(host, node => { if (i > 0) node.AddRouter(address(0), network.Now); });
            network.RunFor(TimeSpan.FromMilliseconds(100));
        }
        network.RunFor(TimeSpan.FromMinutes(2));
        return network;
    }

    /// <summary>How often a walk finds exactly the nearest of those who are up. Nobody has the router in a table.</summary>
    private static double Exactness(VirtualNetwork network, int walks, int seed)
    {
        Random random = new(seed);
        VirtualNetwork.Host[] up = [.. network.Hosts.Skip(1).Where(static host => host.IsUp)];
        int exact = 0;
        for (int i = 0; i < walks; i++)
        {
            VirtualNetwork.Host asker = up[random.Next(up.Length)];
            NodeId target = NodeId.CreateRandom(random);
            FindNodeLookup walk = network.Run(asker, node => node.FindNode(target, true, network.Now));
            IEnumerable<NodeId> truth = up.Where(host => host != asker).Select(static host => host.Id).OrderBy(id => NodeId.Distance(id, target)).Take(8);
            if (truth.SequenceEqual(walk.Responders.Take(8).Select(static candidate => candidate.Id)))
                exact++;
        }
        return (double)exact / walks;
    }

    [Test]
    public void WalksFindTheTrueNearest([Values(1, 2)] int seed)
    {
        using VirtualNetwork network = Join(Size, seed, Private);
        double exactness = Exactness(network, 300, seed);
        TestContext.Out.WriteLine($"{exactness:P1} exact, tables of {network.Hosts.Average(static host => host.Node.Family(true)!.Table.Count):F0}, size estimated as {network.Hosts[5].Node.Family(true)!.Size.Estimate:F0}");
        Assert.That(exactness, Is.GreaterThanOrEqualTo(0.99));
        foreach (VirtualNetwork.Host host in network.Hosts.Skip(1))
            Assert.That(host.Node.Family(true)!.Table.Entries.ToArray().Select(static entry => entry.EndPoint), Has.None.EqualTo(Private(0)), "the router is in nobody's table");
    }

    [Test]
    public void AStoreAfterASearchThatEndedEarlyWalksToTheNearest()
    {
        using VirtualNetwork network = Join(Size / 2, 6, Private);
        int answered = 0;
        for (int i = 1; i <= 12; i++)
        {
            FoundItem item = FoundItem.Immutable(WireNode.Bytes(WireNode.B($"value {i}")));
            VirtualNetwork.Host other = network.Hosts[i + 50];
            VirtualNetwork.Host holder = network.Hosts.Skip(1).OrderBy(host => NodeId.Distance(host.Id, item.Target)).ElementAt(6);
            holder.Node.Items.PutImmutable(item.Target, item.Value.Span, Private(0), network.Now);
            if (holder == other)
                continue;
            GetItemLookup get = network.Run(other, node => node.GetItem(item.Target, default, true, network.Now));
            Assert.That(get.Item, Is.Not.Null);
            answered = Math.Max(answered, get.Answered);
            PutItemLookup put = network.Run(other, node => node.PutItem(item, null, true, network.Now));
            Assert.That(put.Queried, Is.GreaterThan(put.Asked), "who answered until the item was found need not be the nearest");
        }
        Assert.That(answered, Is.GreaterThanOrEqualTo(8), "enough to be remembered");
    }

    [Test]
    public void AnAnnouncementIsRepeatedWhereItWasMadeUntilNearerNodesAreKnown()
    {
        using VirtualNetwork network = Join(12, 15, Private);
        VirtualNetwork.Host host = network.Hosts[5];
        NodeId topic = NodeId.CreateRandom(new Random(15));
        AnnounceLookup first = Announce();
        Assert.That(first.Queried, Is.GreaterThan(first.Asked), "it walks");
        AnnounceLookup again = Announce();
        Assert.That((again.Queried, again.Acknowledged), Is.EqualTo((again.Asked, again.Asked)), "the tokens are as good as before");
        for (int i = 12; i < 60; i++)
        {
            network.With(network.Add(Private(i)), node => node.AddRouter(Private(0), network.Now));
            network.RunFor(TimeSpan.FromMilliseconds(100));
        }
        network.RunFor(TimeSpan.FromMinutes(1));
        Announce();
        PeerEndPoint[] found = new PeerEndPoint[1];
        Assert.That(network.Hosts.Skip(1).Where(other => other != host).OrderBy(other => NodeId.Distance(other.Id, topic)).Take(8).Select(other => other.Node.Peers.Read(topic, true, false, 1, new Random(1), network.Now, found)),
            Has.All.EqualTo(1), "where everybody looks now");

        AnnounceLookup Announce() => network.Run(host, node => node.Announce(topic, 6881, true, true, network.Now));
    }

    [Test]
    public void WhatIsAnnouncedAndStoredIsFoundByOthersEvenWhenThirdsVanishAndDatagramsAreLost()
    {
        using VirtualNetwork network = Join(Size, 3, Private, loss: 0.05);
        Random random = new(4);
        VirtualNetwork.Host Any() => network.Hosts.Skip(1).Where(static host => host.IsUp).ElementAt(random.Next(network.Hosts.Skip(1).Count(static host => host.IsUp)));
        List<(NodeId Topic, PeerEndPoint Peer)> topics = [];
        List<FoundItem> items = [];
        for (int i = 0; i < 40; i++)
        {
            VirtualNetwork.Host host = Any();
            NodeId topic = NodeId.CreateRandom(random);
            AnnounceLookup announce = network.Run(host, node => node.Announce(topic, 6881, true, true, network.Now));
            Assert.That(announce.Acknowledged, Is.GreaterThanOrEqualTo(6), $"of {announce.Asked}");
            topics.Add((topic, host.IPv4!.Value));
            FoundItem item = FoundItem.Immutable(WireNode.Bytes(WireNode.B($"value {i}")));
            PutItemLookup put = network.Run(Any(), node => node.PutItem(item, null, true, network.Now));
            Assert.That(put.Acknowledged, Is.GreaterThanOrEqualTo(6), $"of {put.Asked}");
            items.Add(item);
        }
        (int before, int itemsBefore) = Count();
        foreach (VirtualNetwork.Host host in network.Hosts.Skip(1).Where(host => topics.TrueForAll(topic => topic.Peer != host.IPv4)).OrderBy(_ => random.Next()).Take(Size * 3 / 10).ToArray())
            network.Kill(host);
        (int after, int itemsAfter) = Count();
        network.RunFor(TimeSpan.FromMinutes(10));
        (int later, int itemsLater) = Count();
        double lossy = Exactness(network, 100, 5);
        network.Loss = 0;
        double exactness = Exactness(network, 100, 6);
        TestContext.Out.WriteLine($"topics {before} {after} {later}, items {itemsBefore} {itemsAfter} {itemsLater} of {topics.Count}; ten minutes after {lossy:P0} exact, without loss {exactness:P0}");
        Assert.That(exactness, Is.GreaterThanOrEqualTo(0.95));
        Assert.That(lossy, Is.GreaterThanOrEqualTo(0.7), "one exchange in ten fails; without the repetition four walks in ten would be exact");
        Assert.That((before, itemsBefore), Is.EqualTo((40, 40)));
        Assert.That(new[] { after, itemsAfter, later, itemsLater }, Has.All.EqualTo(40));

        (int Topics, int Items) Count() => (
            topics.Count(topic => network.Run(Any(), node => node.GetPeers(topic.Topic, true, network.Now)).Peers.Contains(topic.Peer)),
            items.Count(item => network.Run(Any(), node => node.GetItem(item.Target, default, true, network.Now)).Item is not null));
    }

    [Test]
    public void ARestartedNodeRejoinsFromItsSnapshotWithoutARouter()
    {
        using VirtualNetwork network = Join(100, 6, Private);
        VirtualNetwork.Host old = network.Hosts[50];
        SnapshotNode[] saved = old.Node.Snapshot();
        Assert.That(saved, Has.Length.GreaterThan(30));
        network.Kill(old);
        network.Kill(network.Hosts[0]);
        foreach (VirtualNetwork.Host other in network.Hosts.Where((_, i) => i % 3 == 1))
            network.Kill(other);
        network.RunFor(TimeSpan.FromMinutes(30));
        VirtualNetwork.Host back = network.Add(Private(500), id: old.Id);
        network.With(back, node => node.Remember(saved, network.Now));
        network.RunFor(TimeSpan.FromMinutes(2));
        Assert.That(back.Node.Family(true)!.Table.Count, Is.GreaterThan(20));
        Assert.That(back.Node.Family(true)!.Remembered, Is.Empty);
        Assert.That(Exactness(network, 100, 7), Is.GreaterThanOrEqualTo(0.98));
    }

    /// <summary>After a power cut. Each asked those whose ids lie near its own, who knew nobody else either, and forgot the others: the network fell into as many parts.</summary>
    [Test]
    public void WhenAllStartAgainAtOnceTheyAreOneNetwork()
    {
        using VirtualNetwork network = Join(150, 10, Private);
        (NodeId Id, PeerEndPoint EndPoint, SnapshotNode[] Nodes)[] saved = [.. network.Hosts.Select(static host => (host.Node.Family(true)!.Id, host.IPv4!.Value, host.Node.Snapshot()))];
        foreach (VirtualNetwork.Host host in network.Hosts.ToArray())
            network.Kill(host);
        foreach ((NodeId id, PeerEndPoint endPoint, SnapshotNode[] nodes) in saved)
            network.With(network.Add(endPoint, id: id), node => node.Remember(nodes, network.Now));
        network.RunFor(TimeSpan.FromMinutes(2));
        Assert.That(Exactness(network, 100, 11), Is.GreaterThanOrEqualTo(0.98));
    }

    [Test]
    public void ARouterThatComesUpLateIsFound()
    {
        VirtualNetwork network = new(8);
        for (int i = 0; i < 20; i++)
            network.With(network.Add(Private(i)), node => node.AddRouter(Private(100), network.Now));
        network.RunFor(TimeSpan.FromMinutes(30));
        Assert.That(network.Hosts.Sum(static host => host.Node.Family(true)!.Table.Count), Is.Zero);
        int before = network.Hosts.Sum(static host => host.Sent);
        network.RunFor(TimeSpan.FromHours(1));
        Assert.That((network.Hosts.Sum(static host => host.Sent) - before) / network.Hosts.Count, Is.LessThan(50), "it waits with patience");
        network.Add(Private(100));
        network.RunFor(TimeSpan.FromMinutes(15));
        Assert.That(network.Hosts.Take(20).Select(static host => host.Node.Family(true)!.Table.Count), Has.All.GreaterThanOrEqualTo(8));
        network.Dispose();
    }

    [Test]
    public void OneFamilyBootstrapsTheOther()
    {
        static PeerEndPoint Six(int index) => PeerEndPoint.Parse($"[fd00::{index + 1:x}]:6881");
        using VirtualNetwork network = new(9);
        for (int i = 0; i < 60; i++)
        {
            network.With(network.Add(Private(i), Six(i)), node =>
            {
                node.AddRouter(Private(0), network.Now);
                // Two know each other by IPv6 as well; all others have only the IPv4 router.
                if (i == 2)
                    node.AddRouter(Six(1), network.Now);
            });
            network.RunFor(TimeSpan.FromMilliseconds(200));
        }
        network.RunFor(TimeSpan.FromMinutes(1));
        Assert.That(network.Hosts.Skip(1).Select(static host => host.Node.Family(false)!.Table.Count), Has.All.GreaterThanOrEqualTo(8));
    }

    [Test]
    public void OnAPublicNetworkEverybodyTakesABoundIdAndKeepsItsTableWhenItMoves()
    {
        using VirtualNetwork network = Join(100, 10, Public, new KademliaOptions { IsPublic = true });
        network.RunFor(TimeSpan.FromMinutes(20));
        foreach (VirtualNetwork.Host host in network.Hosts)
            Assert.That(SecureNodeId.IsValid(host.Id, host.IPv4!.Value), Is.True);
        Assert.That(Exactness(network, 100, 11), Is.GreaterThanOrEqualTo(0.98));

        VirtualNetwork.Host moved = network.Hosts[7];
        NodeId before = moved.Id;
        int table = moved.Node.Family(true)!.Table.Count;
        network.Move(moved, Public(150));
        network.RunFor(TimeSpan.FromMinutes(30));
        Assert.That((moved.Id == before, SecureNodeId.IsValid(moved.Id, Public(150))), Is.EqualTo((false, true)));
        Assert.That(moved.Node.Family(true)!.Table.Count, Is.GreaterThan(table / 2));
        network.RunFor(TimeSpan.FromMinutes(30));
        Assert.That(Exactness(network, 100, 12), Is.GreaterThanOrEqualTo(0.98));
    }

    [Test]
    public void AnIdleNodeSendsLittle()
    {
        using VirtualNetwork network = Join(Size, 13, Private);
        network.RunFor(TimeSpan.FromHours(1));
        foreach (VirtualNetwork.Host host in network.Hosts)
            host.Sent = 0;
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        network.RunFor(TimeSpan.FromHours(1));
        long grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        int[] sent = [.. network.Hosts.Select(static host => host.Sent).Order()];
        double[] sizes = [.. network.Hosts.Select(static host => host.Node.Family(true)!.Size.Estimate).Order()];
        TestContext.Out.WriteLine($"size estimated as {sizes[Size / 10]:F0}, {sizes[Size / 2]:F0}, {sizes[Size * 9 / 10]:F0} (tenth, half, nine tenths); samples {network.Hosts[9].Node.Family(true)!.Size.Samples}");
        TestContext.Out.WriteLine($"datagrams per node and hour, questions and answers: median {sent[Size / 2]}, most {sent[^1]}; {grown / Size} B grown per node in an hour");
        Assert.That(sizes[Size / 2], Is.InRange(Size / 3, Size * 3));
        Assert.That(sent[Size / 2], Is.LessThan(2500));
        Assert.That(sent[^1], Is.LessThan(5000));
        Assert.That(grown / Size, Is.LessThan(4096));
        Assert.That(Exactness(network, 100, 14), Is.GreaterThanOrEqualTo(0.99));
    }
}
