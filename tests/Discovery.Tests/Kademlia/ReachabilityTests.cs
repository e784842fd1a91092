using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Simulation.Dht;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

/// <summary>How a node finds out that strangers do not reach it, and what it does then.</summary>
public sealed class ReachabilityTests
{
    private const double Large = 100_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private Reachability _reachability = new();
    private TimeSpan _now;

    [SetUp]
    public void SetUp() => (_reachability, _now) = (new(), TimeSpan.FromHours(1));

    private static PeerEndPoint Address(int number) => new(0x0500_0001 + (uint)number * 7919, 6881);

    /// <summary>Lets minutes pass in each of which a few of those are asked whom we know.</summary>
    private void Pass(int minutes, double networkSize = Large, int known = 40, int tableSize = 40, bool isOnline = true)
    {
        for (int minute = 0; minute < minutes; minute++)
        {
            _now += Minute;
            for (int i = 0; i < 12; i++)
                _reachability.Sent(Address(((int)_now.TotalMinutes * 12 + i) % known), _now);
            _reachability.Check(networkSize, tableSize, isOnline ? _now : TimeSpan.Zero, _now);
        }
    }

    [Test]
    public void WhomNoStrangerReachesHides()
    {
        Pass(15);
        Assert.That(_reachability.IsHidden, Is.False);
        Pass(3);
        Assert.That(_reachability.IsHidden, Is.True);
    }

    [Test]
    public void AStrangerShowsThatItIsReached()
    {
        for (int i = 0; i < 20; i++)
        {
            Pass(10);
            _reachability.Asked(Address(1000 + i), _now);
            Assert.That(_reachability.IsHidden, Is.False);
        }
        Pass(20);
        Assert.That(_reachability.IsHidden, Is.True);
        _reachability.Asked(Address(2000), _now);
        Assert.That(_reachability.IsHidden, Is.False, "and at once");
    }

    [TestCase(8, true)]
    [TestCase(50, true)]
    [TestCase(100, false)]
    [TestCase(600, false)]
    public void WhomWeHaveWrittenToIsNoStranger(int minutesAgo, bool hides)
    {
        _reachability.Sent(Address(5000), _now);
        for (int passed = 0; passed < minutesAgo; passed += 5)
        {
            Pass(5);
            _reachability.Asked(Address(3000 + passed), _now);
        }
        // A NAT that remembers for an hour lets those in whom we wrote to.
        Pass(12);
        _reachability.Asked(Address(5000), _now);
        Pass(8);
        Assert.That(_reachability.IsHidden, Is.EqualTo(hides));
    }

    [Test]
    public void NothingFollowsWhereThereAreNoStrangers([Values] bool areFew)
    {
        if (areFew)
            Pass(300, networkSize: 25, known: 20, tableSize: 20);
        else
            Pass(300, networkSize: 44, known: 40, tableSize: 40);
        Assert.That(_reachability.IsHidden, Is.False);
    }

    [Test]
    public void NothingFollowsOnPrivateNetworksNorWhileTheLineIsDown([Values] bool isOnline)
    {
        for (int minute = 0; minute < 100; minute++)
        {
            for (uint i = 0; i < 50; i++)
                _reachability.Sent(new PeerEndPoint(0x0A00_0001 + i, 1), _now);
            if (isOnline)
                _reachability.Check(Large, 50, _now, _now += Minute);
            else
                Pass(1, isOnline: false);
        }
        Assert.That(_reachability.IsHidden, Is.False);
        if (isOnline)
            return;
        Pass(10);
        Assert.That(_reachability.IsHidden, Is.False, "it counts from when the line came back");
    }

    [Test]
    public void NowAndThenItShowsItselfToSeeWhetherItIsReachedByNow()
    {
        Pass(18);
        List<int> spells = [0];
        for (int minute = 1, last = 0; minute < 3000; minute++)
        {
            bool wasHidden = _reachability.IsHidden;
            Pass(1);
            if (_reachability.IsHidden == wasHidden)
                continue;
            spells.Add(minute - last);
            last = minute;
        }
        // Hidden for 2, 4, 8 and then 16 hours, and a quarter of an hour to look between them.
        Assert.That(spells.Skip(1).Where((_, i) => i % 2 == 0).Select(static spell => spell / 60.0).Take(4), Is.EqualTo(new[] { 2.0, 4, 8, 16 }).Within(0.05));
        Assert.That(spells.Skip(1).Where((_, i) => i % 2 == 1), Has.All.InRange(15, 18));
        _reachability.Reset();
        Assert.That(_reachability.IsHidden, Is.False);
    }

    [Test]
    public void WhatAHiddenNodeSendsSaysSoAndStillItAnswers()
    {
        using WireNode wire = new(dualStack: false);
        PeerEndPoint peer = Address(9000);
        wire.Node.Start(new PingQuery(peer), wire.Now);
        Assert.That(wire.Transmit(out _), Does.Not.Contain("2:roi1e"));
        Assert.That(wire.Send(WireNode.Query("ping"), peer), Is.Not.Empty.And.Not.Contains("2:roi1e"));
        _now = wire.Now;
        Hide(wire);
        wire.Node.Start(new PingQuery(peer), wire.Now);
        Assert.That(wire.Transmit(out _), Does.Contain("2:roi1e1:t4:"));
        Assert.That(wire.Send(WireNode.Query("ping"), peer), Does.Contain("2:roi1e1:t2:aa"));
        Assert.That(wire.Send(WireNode.Query("ping"), Address(9500)), Is.Not.Empty.And.Not.Contains("2:roi1e"), "a stranger has come");
    }

    private void Hide(WireNode wire)
    {
        Reachability reachability = wire.Node.Family(true)!.Reachability;
        while (!reachability.IsHidden)
        {
            _now += Minute;
            for (int i = 0; i < 50; i++)
                reachability.Sent(Address(i), _now);
            reachability.Check(Large, 50, _now, _now);
        }
        wire.Now = _now;
    }

    [Test]
    public void WhoeverSaysItselfThatItIsNotReachedHasNoPlace([Values] bool isAnswer)
    {
        using WireNode wire = new(WireNode.Quiet with { RefreshInterval = TimeSpan.FromSeconds(5) }, dualStack: false);
        Random random = new(1);
        NodeId id = NodeId.CreateRandom(random);
        for (uint i = 0; i < 40; i++)
            wire.Teach(NodeId.CreateRandom(random), new PeerEndPoint(0x0A01_0000 + i, 1));
        PeerEndPoint there = PeerEndPoint.Parse("9.9.9.9:6881");
        wire.Teach(id, there);
        Assert.That(wire.Node.Family(true)!.Table.Contains(there), Is.True);
        // A query may come from anybody.
        wire.Send("d1:ad2:id20:" + WireNode.Text(id) + "e1:q4:ping2:roi1e1:t2:aa1:y1:qe", there);
        Assert.That(wire.Node.Family(true)!.Table.Contains(there), Is.True);
        string? asked = null;
        for (int i = 0; asked is null && i < 20; i++)
        {
            wire.Advance(TimeSpan.FromSeconds(5));
            foreach ((string datagram, PeerEndPoint to) in wire.TransmitAll())
                asked = to == there ? datagram : asked;
        }
        Assert.That(asked, Is.Not.Null, "it is asked before all others");
        wire.Send(WireNode.Answer(asked!, id).Replace("1:t4:", (isAnswer ? "2:roi1e" : "") + "1:t4:"), there);
        Assert.That(wire.Node.Family(true)!.Table.Contains(there), Is.EqualTo(!isAnswer));
    }

    [Test]
    public void NothingIsStoredAtNodesThatOthersDoNotReach()
    {
        GetPeersLookup walk = new(NodeId.Zero, true, TimeSpan.Zero);
        for (uint i = 1; i <= 10; i++)
            walk.Add(new NodeId(0, 0, i), new PeerEndPoint(0x0A00_0000 + i, 1));
        OperationDriver driver = new(walk);
        driver.Reply(driver.Asked[0], token: [1], compose: static (ref reply) => reply.IsReadOnly = true);
        while (!driver.IsFinished)
            driver.Reply(driver.Open.First(), token: [1]);
        Assert.That(walk.Responders.Select(static candidate => candidate.Id.Low), Is.EqualTo(Enumerable.Range(2, 8)));
    }

    [TestCase(NatKind.PortRestrictedCone)]
    [TestCase(NatKind.Symmetric)]
    public void NodesBehindNatsThatRememberForFiveMinutesHideAndNobodyElseDoes(NatKind kind)
    {
        using DhtWorld world = new(2, new KademliaOptions { IsPublic = true }, new NetworkConditions { Loss = 0.01 }, [new NatShare(kind, 0.3) { MappingTimeout = 5 * Minute }]);
        world.Settle(600, 0);
        world.Internet.RunUntil(world.Now + 60 * Minute);
        KademliaHost[] hosts = [.. Enumerable.Range(0, world.Nodes.Count).Select(i => world.Nodes[i])];
        Assert.That(hosts.Where(static host => host.IsReachable), Has.None.Matches<KademliaHost>(static host => host.Family.Reachability.IsHidden));
        Assert.That(hosts.Where(static host => !host.IsReachable).Average(static host => host.Family.Reachability.IsHidden ? 1 : 0), Is.GreaterThan(0.8));
        (int near, int unreachable) = (0, 0);
        Span<ushort> nearest = stackalloc ushort[RoutingTable.K];
        foreach (KademliaHost host in hosts.Where(static host => host.IsReachable))
            foreach (ushort index in nearest[..host.Family.Table.Closest(host.Id, nearest)])
            {
                near++;
                unreachable += world.Nodes.Closest(host.Family.Table[index].Id, 1)[0].IsReachable ? 0 : 1;
            }
        Assert.That((double)unreachable / near, Is.LessThan(0.03));
    }
}
