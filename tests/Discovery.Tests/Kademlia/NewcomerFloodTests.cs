using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

/// <summary>Queries cost their sender nothing and may bear any source: what a node does of its own accord because of them is bounded.</summary>
public sealed class NewcomerFloodTests
{
    private const int Sources = 20_000;

    [TestCase(false, Description = "straight out")]
    [TestCase(true, Description = "held back by the budget of new addresses")]
    public void AFloodOfStrangersIsVerifiedAFewAtATime(bool withBudget)
    {
        KademliaOptions options = withBudget ? WireNode.Quiet with { Budget = new() } : WireNode.Quiet;
        using WireNode wire = new(options, dualStack: false);
        int sent = 0;
        for (uint i = 0; i < Sources; i++)
        {
            // As near to us as an id can be made, so that nobody has to wait.
            string id = WireNode.Text(WireNode.Id4)[..12] + $"{i:x8}";
            wire.Send(WireNode.Query("ping", id: id), new PeerEndPoint(0x0800_0000 + (i << 8) + 1, 6881));
            wire.Advance(TimeSpan.FromMilliseconds(1));
            sent += wire.TransmitAll().Count;
        }
        Assert.Multiple(() =>
        {
            Assert.That(wire.Node.Waiting, Is.LessThanOrEqualTo(64), "queries that wait for the budget");
            Assert.That(wire.Node.InFlight, Is.LessThan(4000), "queries without an answer");
            Assert.That(sent, Is.GreaterThanOrEqualTo(64), "and yet strangers are looked at");
        });
    }
}
