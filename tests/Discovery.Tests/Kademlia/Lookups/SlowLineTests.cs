using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia.Lookups;

/// <summary>A walk of a node whose own line has become slow, or is down.</summary>
public sealed class SlowLineTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void AWalkWaitsForTheFirstAnswerWhileNobodyAnswers([Values] bool isDown)
    {
        using WireNode wire = new(dualStack: false);
        Random random = new(1);
        // Round trips of nothing: whoever is later than a moment is late.
        for (uint i = 0; i < 40; i++)
            wire.Teach(NodeId.CreateRandom(random), new PeerEndPoint(0x0A01_0000 + i, 1));
        wire.Advance(Second);
        GetPeersLookup walk = wire.Node.GetPeers(NodeId.CreateRandom(random), true, wire.Now);
        wire.Node.Start(walk, wire.Now);
        Queue<(TimeSpan At, string Answer, PeerEndPoint From)> coming = [];
        for (int step = 0; step < 150 && !walk.IsFinished; step++)
        {
            foreach ((string datagram, PeerEndPoint to) in wire.TransmitAll())
                if (!isDown)
                    coming.Enqueue((wire.Now + 4 * Second, WireNode.Answer(datagram, IdAt(to), "5:token1:x6:valuesl6:\u0001\u0002\u0003\u0004\u0005\u0006e"), to));
            wire.Advance(Second / 10);
            while (coming.TryPeek(out var next) && next.At <= wire.Now)
                wire.Send(coming.Dequeue().Answer, next.From);
        }
        Assert.That(walk.IsFinished, Is.True);
        Assert.That(walk.Peers, Has.Count.EqualTo(isDown ? 0 : 1));
        Assert.That(walk.FinishedAt - walk.StartedAt, Is.LessThan(12 * Second));

        NodeId IdAt(PeerEndPoint endPoint) => wire.Node.Family(true)!.Table.Entries.ToArray().Single(entry => entry.EndPoint == endPoint).Id;
    }
}
