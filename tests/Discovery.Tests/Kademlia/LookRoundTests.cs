using Discovery.Kademlia;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Kademlia;

public sealed class LookRoundTests
{
    private const int NodesPerHalf = 25;

    private readonly ManualTimeProvider _time = new();

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
