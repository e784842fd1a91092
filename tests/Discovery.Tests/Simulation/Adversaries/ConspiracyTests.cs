using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Simulation.Adversaries;
using Discovery.Simulation.Dht;

namespace Discovery.Tests.Simulation.Adversaries;

public sealed class ConspiracyTests
{
    private static DhtWorld Settled(int nodes = 100)
    {
        DhtWorld world = new(1, new KademliaOptions { IsPublic = true }, new NetworkConditions { Jitter = 0 });
        world.Settle(nodes, 0);
        return world;
    }

    /// <summary>What a host says to a <c>get</c>.</summary>
    private static (NodeId Id, CompactNode[] Nodes, bool HasValue)? Ask(AdversaryHost host, NodeId target, PeerEndPoint from)
    {
        byte[] datagram = new byte[1472], reply = new byte[1472];
        KrpcMessage query = default;
        query.Kind = KrpcKind.Query;
        query.Method = KrpcMethod.Get;
        query.Transaction = "t"u8;
        query.Id = NodeId.Zero.ToArray();
        query.Target = target.ToArray();
        int length = host.Receive(datagram.AsSpan(0, query.Write(datagram)), from, TimeSpan.Zero, reply);
        if (length == 0)
            return null;
        Assert.That(KrpcMessage.TryParse(reply.AsSpan(0, length), out KrpcMessage answer), Is.True);
        List<CompactNode> nodes = [];
        foreach (CompactNode node in answer.NodesOf(true))
            nodes.Add(node);
        return (new NodeId(answer.Id), [.. nodes], !answer.Value.IsEmpty);
    }

    [Test]
    public void TellsTheTruthAboutWhatItDoesNotHide()
    {
        using DhtWorld world = Settled();
        Conspiracy party = new(world, Lies.NameFriends);
        NodeId key = NodeId.CreateRandom(world.Random), other = key.RandomAtPrefix(2, world.Random);
        party.Hide(key);
        SybilHost[] hosts = [.. Enumerable.Range(0, 20).Select(_ => new SybilHost(NodeId.CreateRandom(world.Random), world.FreeEndPoint(), party))];
        foreach (SybilHost host in hosts)
            party.Add(host);
        PeerEndPoint from = world.FreeEndPoint();
        Assert.That(Ask(hosts[0], other, from)!.Value.Nodes.Select(static node => node.Id), Is.EqualTo(world.Nodes.Closest(other, 8).Select(static host => host.Id)));
        Assert.That(Ask(hosts[0], key.RandomAtPrefix(12, world.Random), from)!.Value.Nodes.Select(static node => node.EndPoint), Is.SubsetOf(hosts.Select(static host => host.EndPoint)));
        Assert.That(Ask(hosts[0], key, from)!.Value.Nodes.Select(static node => node.Id), Is.EqualTo(hosts.OrderBy(host => NodeId.Distance(host.NodeId, key)).Take(8).Select(static host => host.NodeId)));
        Assert.That(party.Lied, Is.EqualTo(2));
    }

    [Test]
    public void AMaskAnswersUnderTheIdThatItWasNamedBy()
    {
        using DhtWorld world = Settled();
        Conspiracy party = new(world, Lies.NameMasks | Lies.Replay);
        NodeId key = NodeId.CreateRandom(world.Random);
        party.Hide(key);
        SybilHost liar = new(NodeId.CreateRandom(world.Random), world.FreeEndPoint(), party);
        party.Add(liar);
        MaskHost mask = new(world.FreeEndPoint(), party);
        party.Add(mask);
        CompactNode named = Ask(liar, key, world.FreeEndPoint())!.Value.Nodes[0];
        Assert.That(named.EndPoint, Is.EqualTo(mask.EndPoint));
        Assert.That(NodeId.CommonPrefixLength(named.Id, key), Is.GreaterThanOrEqualTo(24));
        Assert.That(Ask(mask, key, world.FreeEndPoint())!.Value.Id, Is.EqualTo(named.Id));
    }

    [Test]
    public void DropsOrReplaysWhatItHides()
    {
        using DhtWorld world = Settled();
        world.Items.Store(2);
        NodeId key = world.Keys.Single(key => world.Items.OldVersion(key) is not null);
        Conspiracy silent = Conspiracy.AgainstAll(world, Lies.Drop), replaying = Conspiracy.AgainstAll(world, Lies.Replay);
        Assert.That(Ask(new SybilHost(key, world.FreeEndPoint(), silent), key, world.FreeEndPoint()), Is.Null);
        Assert.That(Ask(new SybilHost(key, world.FreeEndPoint(), replaying), key, world.FreeEndPoint())!.Value.HasValue, Is.True);
    }

    [Test]
    public void APoisonerShowsEachVictimAnIdOfItsBucket()
    {
        using DhtWorld world = Settled();
        Conspiracy party = new(world, Lies.NameMasks);
        KademliaHost victim = world.RandomNode();
        party.Eclipse(victim);
        PoisonerHost poisoner = new(world.FreeEndPoint(), 9, party);
        NodeId shown = Ask(poisoner, NodeId.CreateRandom(world.Random), victim.EndPoint)!.Value.Id;
        Assert.That(NodeId.CommonPrefixLength(shown, victim.Id), Is.EqualTo(9));
        Assert.That(Ask(poisoner, NodeId.CreateRandom(world.Random), victim.EndPoint)!.Value.Id, Is.EqualTo(shown));
    }
}
