using Discovery.Kademlia;
using Discovery.Tests.Support;
using static Discovery.Tests.Support.WireNode;

namespace Discovery.Tests.Kademlia;

/// <summary>BEP 32: nodes of one family name those of the other, and may lie.</summary>
public sealed class OtherFamilyTests
{
    private static readonly PeerEndPoint Liar = PeerEndPoint.Parse("10.0.0.9:9"), Honest = PeerEndPoint.Parse("10.0.0.8:8"), Wanted = PeerEndPoint.Parse("[fd00::8]:8");

    private static string Nodes6(params IEnumerable<(NodeId Id, PeerEndPoint EndPoint)> nodes) => "6:nodes6" + B(string.Concat(nodes.Select(static node => Text(node.Id) + Compact(node.EndPoint))));

    /// <summary>Asks a node, which answers.</summary>
    private static void Ask(WireNode wire, PeerEndPoint endPoint, NodeId id, string arguments)
    {
        wire.Node.Start(new PingQuery(endPoint), wire.Now);
        foreach ((string datagram, PeerEndPoint to) in wire.TransmitAll())
            if (to == endPoint)
                wire.Send(Answer(datagram, id, arguments), endPoint);
    }

    [Test]
    public void ALiarDoesNotKeepTheOtherFamilyFromJoining()
    {
        using WireNode wire = new();
        Random random = new(1);
        NodeId liar = NodeId.CreateRandom(random), honest = NodeId.CreateRandom(random);
        for (int i = 0; i < 20; i++)
            Ask(wire, Liar, liar, Nodes6(Enumerable.Range(0, 30).Select(j => (NodeId.CreateRandom(random), PeerEndPoint.Parse($"[fd00::{i + 1:x}:{j + 1:x}]:1")))));
        bool found = false;
        for (int minute = 0; minute < 60 && !found; minute++)
        {
            Ask(wire, Liar, liar, Nodes6(Enumerable.Range(0, 30).Select(j => (NodeId.CreateRandom(random), PeerEndPoint.Parse($"[fd00::{minute + 100:x}:{j + 1:x}]:1")))));
            Ask(wire, Honest, honest, Nodes6((honest, Wanted)));
            for (int second = 0; second < 60; second++)
            {
                wire.Advance(TimeSpan.FromSeconds(1));
                found |= wire.TransmitAll().Exists(static sent => sent.To == Wanted);
            }
        }
        Assert.That(found, Is.True);
    }
}
