using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

public sealed class DirectQueryTests
{
    private static readonly PeerEndPoint Somewhere = PeerEndPoint.Parse("127.0.0.1:9");
    private static readonly NodeId Id = NodeId.CreateRandom(new Random(1));

    [Test]
    public void IsRepeatedTwiceAndThenGivenUp()
    {
        PingQuery ping = new(Somewhere);
        OperationDriver driver = new(ping);
        Candidate node = driver.Asked[0];
        driver.Age(node);
        Assert.That(driver.Asked, Has.Count.EqualTo(2));
        // The second stalls when the first is abandoned, in either order.
        ping.OnStall(node);
        ping.OnAbandon(node);
        Assert.That(ping.IsFinished, Is.False);
        Assert.That(ping.NextQuery(), Is.SameAs(node));
        ping.OnAbandon(node);
        Assert.That((ping.IsFinished, ping.NextQuery()), Is.EqualTo((false, (Candidate?)null)));
        ping.OnAbandon(node);
        Assert.That((ping.IsFinished, ping.Succeeded), Is.EqualTo((true, false)));
    }

    [Test]
    public void OnlyAnAnswerToTheOnlyAttemptIsTimed()
    {
        PingQuery once = new(Somewhere), twice = new(Somewhere);
        OperationDriver driver = new(once);
        driver.Reply(driver.Asked[0], id: Id);
        Assert.That((once.Succeeded, once.NodeId, once.Rtt), Is.EqualTo((true, Id, (TimeSpan?)driver.Rtt)));
        driver = new(twice);
        driver.Age(driver.Asked[0]);
        driver.Reply(driver.Asked[0], id: Id);
        Assert.That((twice.Succeeded, twice.Rtt), Is.EqualTo((true, (TimeSpan?)null)));
    }

    [Test]
    public void AnErrorOrAnAnswerWithoutAnIdEndsIt()
    {
        PingQuery refused = new(Somewhere), garbage = new(Somewhere);
        OperationDriver driver = new(refused);
        driver.Error(driver.Asked[0], 204);
        Assert.That((refused.IsFinished, refused.Succeeded, refused.ErrorCode), Is.EqualTo((true, false, 204)));
        driver = new(garbage);
        driver.WrongId(driver.Asked[0]);
        Assert.That((garbage.IsFinished, garbage.Succeeded), Is.EqualTo((true, false)));
    }

    [Test]
    public void ASecondTokenForARepeatedQuestionDoesNotEndTheExchange()
    {
        IdentifyQuery query = new(Somewhere, Id, new byte[16]);
        OperationDriver driver = new(query);
        driver.Age(driver.Asked[0]);
        driver.Reply(driver.Asked[0], token: [1], id: Id);
        Assert.That((driver.Asked.Count, query.IsFinished), Is.EqualTo((3, false)));
        driver.Reply(driver.Asked[0], token: [2], id: Id);
        Assert.That((driver.Asked.Count, query.IsFinished), Is.EqualTo((3, false)));
        KrpcMessage second = default;
        query.WriteQuery(driver.Asked[2], ref second);
        Assert.That(second.Token.ToArray(), Is.EqualTo(new byte[] { 1 }));
        Assert.That((query.Wants(driver.Asked[0]), query.Wants(driver.Asked[2])), Is.EqualTo((false, true)));
    }

    [Test]
    public void AFalseProofIsALie()
    {
        IdentifyQuery query = new(Somewhere, Id, new byte[16]);
        OperationDriver driver = new(query);
        driver.Reply(driver.Asked[0], token: [1], id: Id);
        driver.Reply(driver.Asked[1], id: Id, compose: static (ref KrpcMessage reply) => reply.Proof = new byte[64]);
        Assert.That((query.IsFinished, query.Succeeded, query.IsForged, query.Record), Is.EqualTo((true, false, true, (SignedItem?)null)));
    }
}
