using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Kademlia;

public sealed class LookRoundTests
{
    private const int NodesPerHalf = 25;

    private readonly VirtualTimeProvider _time = new();

    /// <summary>Each asks the one router for its own neighbourhood, in which nobody of the other half is.</summary>
    [Test]
    public async Task HalvesThatJoinThroughOneRouterAtTheSameMomentHearOfEachOther()
    {
        using InMemoryNetwork network = new(_time, 1);
        PeerEndPoint router = new(0x0A000001, 6881);
        List<DhtNode> nodes = [Start(network, router, new NodeId(0x8000_0000_0000_0000, 0, 0))];
        try
        {
            for (uint i = 1; i <= 2 * NodesPerHalf; i++)
            {
                nodes.Add(Start(network, new PeerEndPoint(0x0A000100 + i, 6881), Spread(i)));
                nodes[^1].AddRouter(router);
            }
            await _time.AdvanceUntilAsync(() => nodes.TrueForAll(KnowsBothHalves));
        }
        finally
        {
            foreach (DhtNode node in nodes)
                await node.DisposeAsync();
        }

        bool KnowsBothHalves(DhtNode node) => Halves(node).Distinct().Count() == 2;
    }

    /// <summary>Those who join at one moment may find each other only, and be fewer than k.</summary>
    [Test]
    public void WhoeverKnowsAFewNeighboursOnlyLooksFartherAllTheSame()
    {
        using WireNode wire = new(WireNode.Quiet with { SelfLookupInterval = TimeSpan.FromMinutes(15) }, dualStack: false);
        PeerEndPoint router = new(0x0A000001, 6881);
        Dictionary<PeerEndPoint, NodeId> known = new() { [router] = NodeId.Parse("0000000000000000000000000000000000000001") };
        for (uint i = 1; i <= 5; i++)
        {
            known.Add(new PeerEndPoint(0x0A000100 + i, 6881), NodeId.Parse($"47{i:x2}444444444444444444444444444444444444"));
            wire.Teach(known.Last().Value, known.Last().Key);
        }
        wire.Node.AddRouter(router, wire.Now);
        bool isRouterAsked = false;
        for (int second = 0; second < 20 * 60; second++)
        {
            wire.Advance(TimeSpan.FromSeconds(1));
            foreach ((string datagram, PeerEndPoint to) in wire.TransmitAll())
            {
                // The highest bit of the own id is 0.
                isRouterAsked |= to == router && datagram.IndexOf("6:target20:", StringComparison.Ordinal) is > 0 and int at && datagram[at + 11] >= 128;
                wire.Send(WireNode.Answer(datagram, known[to]), to);
            }
        }
        Assert.That(isRouterAsked, Is.True);
    }

    /// <summary>Eight ids that differ from ours in their last bits only would otherwise make us walk into each of 150 parts of the key space, where nobody is.</summary>
    [Test]
    public void ThoseWhoCrowdRoundUsDoNotSetUsWalkingForEver()
    {
        using WireNode wire = new(WireNode.Quiet with { SelfLookupInterval = TimeSpan.FromMinutes(15) }, dualStack: false);
        Dictionary<PeerEndPoint, NodeId> crowd = [];
        for (uint i = 1; i <= 8; i++)
        {
            NodeId id = NodeId.Parse($"44444444444444444444444444444444444444{i:x2}");
            crowd.Add(new PeerEndPoint(0x0A000100 + i, 6881), id);
            wire.Teach(id, new PeerEndPoint(0x0A000100 + i, 6881));
        }
        HashSet<string> targets = [];
        for (int second = 0; second < 20 * 60; second++)
        {
            wire.Advance(TimeSpan.FromSeconds(1));
            for (List<(string Datagram, PeerEndPoint To)> sent = wire.TransmitAll(); sent.Count > 0; sent = wire.TransmitAll())
                foreach ((string datagram, PeerEndPoint to) in sent)
                {
                    if (datagram.IndexOf("6:target20:", StringComparison.Ordinal) is > 0 and int at)
                        targets.Add(datagram.Substring(at + 11, 20));
                    wire.Send(WireNode.Answer(datagram, crowd[to]), to);
                }
        }
        Assert.That(targets, Has.Count.InRange(2, 40));
    }

    private static IEnumerable<bool> Halves(DhtNode node)
    {
        SnapshotNode[] known = new SnapshotNode[RoutingTableSnapshot.MaxNodes];
        Assert.That(RoutingTableSnapshot.TryRead(node.Save(), known, out int count, out _, out _), Is.True);
        return known.Take(count).Select(static entry => entry.Id.Bit(0));
    }

    private static NodeId Spread(uint i) => new((ulong)i << 63 | (ulong)i << 57 | i, 0, i);

    private DhtNode Start(InMemoryNetwork network, PeerEndPoint endPoint, NodeId id)
    {
        DhtNode node = new([network.CreateTransport(endPoint)], new() { TimeProvider = _time, Random = new Random(1), IdIPv4 = id });
        node.Start();
        return node;
    }
}
