using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

/// <summary>A node behind a NAT answers whom it has asked a moment ago, and nobody else: what such an answer is worth.</summary>
public sealed class OpenDoorTests
{
    private static readonly PeerEndPoint There = PeerEndPoint.Parse("9.9.9.9:6881");
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private WireNode _wire = null!;

    [SetUp]
    public void SetUp() => _wire = new(dualStack: false);

    [TearDown]
    public void TearDown() => _wire.Dispose();

    /// <summary>Fills the table with so many that nobody new is wanted at once, unless it is a neighbour.</summary>
    private void Fill(WireNode wire)
    {
        Random random = new(9);
        for (uint i = 0; i < 60; i++)
            wire.Teach(NodeId.CreateRandom(random), new PeerEndPoint(0x0A01_0000 + i, 1));
    }

    /// <summary>An id at the other end of the key space, or as near as can be.</summary>
    private static NodeId Id(bool isNear) => isNear ? WireNode.Id4.RandomAtPrefix(60, new Random(1)) : WireNode.Id4.RandomAtPrefix(0, new Random(1));

    private void AsksUs(NodeId id) => _wire.Send(WireNode.Query("ping", id: WireNode.Text(id)), There);

    /// <summary>Takes what we send, and gives whether something went to the node; if so, it answers when it shall.</summary>
    private bool IsAsked(NodeId id, bool answers)
    {
        bool isAsked = false;
        foreach ((string datagram, PeerEndPoint to) in _wire.TransmitAll())
            if (to == There)
            {
                isAsked = true;
                if (answers)
                    _wire.Send(WireNode.Answer(datagram, id), There);
            }
        return isAsked;
    }

    private bool IsKnown(NodeId id) => _wire.Node.Family(true)!.Table.Entries.ToArray().Any(entry => entry.Id == id);

    [Test]
    public void WhoeverAnswersWhileItHoldsItsDoorOpenHasNoPlaceYet()
    {
        Fill(_wire);
        NodeId id = Id(isNear: false);
        AsksUs(id);
        _wire.Advance(60 * Second);
        // A walk of ours comes by: the answer shows nothing, and the silence begins anew.
        _wire.Node.Start(new PingQuery(There), _wire.Now);
        Assert.That((IsAsked(id, answers: true), IsKnown(id)), Is.EqualTo((true, false)));
        _wire.Advance(80 * Second);
        Assert.That(IsAsked(id, answers: false), Is.False);
        _wire.Advance(20 * Second);
        Assert.That((IsAsked(id, answers: true), IsKnown(id)), Is.EqualTo((true, true)));
    }

    [Test]
    public void WhereNodesAreFewWhoeverAnswersHasItsPlaceOnTrial([Values] bool answers)
    {
        Random random = new(9);
        for (uint i = 0; i < 60; i++)
            _wire.Teach(WireNode.Id4.RandomAtPrefix(i < 40 ? 0 : i < 57 ? 1 : 5, random), new PeerEndPoint(0x0A01_0000 + i, 1));
        NodeId id = WireNode.Id4.RandomAtPrefix(2, random);
        AsksUs(id);
        // Before it is asked because of that, a walk comes by.
        _wire.Node.Start(new PingQuery(There), _wire.Now);
        Assert.That((IsAsked(id, answers: true), IsKnown(id)), Is.EqualTo((true, true)));
        for (int i = 0; i < 150; i++)
        {
            _wire.Advance(Second);
            IsAsked(id, answers);
        }
        Assert.That(IsKnown(id), Is.EqualTo(answers));
    }

    [Test]
    public void WhoeverWasNotHeardOfHasItsPlaceWhenItAnswers()
    {
        Fill(_wire);
        NodeId id = Id(isNear: false);
        _wire.Node.Start(new PingQuery(There), _wire.Now);
        Assert.That((IsAsked(id, answers: true), IsKnown(id)), Is.EqualTo((true, true)));
    }

    [Test]
    public void ANeighbourHasItsPlaceAtOnceAndKeepsItIfItStillAnswersAfterASilence([Values] bool answers)
    {
        Fill(_wire);
        NodeId id = Id(isNear: true);
        AsksUs(id);
        _wire.Advance(Second);
        Assert.That((IsAsked(id, answers: true), IsKnown(id)), Is.EqualTo((true, true)));
        _wire.Advance(80 * Second);
        Assert.That(IsAsked(id, answers), Is.False);
        _wire.Advance(20 * Second);
        Assert.That(IsAsked(id, answers), Is.True);
        for (int i = 0; i < 30; i++)
        {
            _wire.Advance(Second);
            IsAsked(id, answers);
        }
        Assert.That(IsKnown(id), Is.EqualTo(answers));
        // The next time it is not so welcome.
        AsksUs(id);
        _wire.Advance(Second);
        Assert.That(IsAsked(id, answers: true), Is.False);
        _wire.Advance((answers ? 100 : 200) * Second);
        Assert.That(IsAsked(id, answers: true), Is.EqualTo(!answers));
        Assert.That(IsKnown(id), Is.True, "whoever is reached after all is welcome again");
    }

    [Test]
    public void ATrialIsPutOffAsLongAsTheDoorIsOpen()
    {
        Fill(_wire);
        NodeId id = Id(isNear: true);
        AsksUs(id);
        _wire.Advance(Second);
        IsAsked(id, answers: true);
        _wire.Advance(60 * Second);
        AsksUs(id);
        _wire.Advance(80 * Second);
        Assert.That(IsAsked(id, answers: true), Is.False);
        _wire.Advance(20 * Second);
        Assert.That(IsAsked(id, answers: true), Is.True);
    }

    [Test]
    public void NobodyIsTurnedOutWhileNobodyAnswers()
    {
        _wire.Dispose();
        _wire = new(WireNode.Quiet with { RefreshInterval = TimeSpan.FromSeconds(5) }, dualStack: false);
        Fill(_wire);
        NodeId id = Id(isNear: true);
        AsksUs(id);
        _wire.Advance(Second);
        Assert.That((IsAsked(id, answers: true), IsKnown(id)), Is.EqualTo((true, true)));
        // From now on our own line is dead.
        for (int i = 0; i < 150; i++)
        {
            _wire.Advance(Second);
            _wire.TransmitAll();
        }
        Assert.That(IsKnown(id), Is.True);
    }
}
