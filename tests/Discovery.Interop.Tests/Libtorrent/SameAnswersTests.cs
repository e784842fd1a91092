using Discovery.Interop.Tests.Support;

namespace Discovery.Interop.Tests.Libtorrent;

/// <summary>Our node answers as libtorrent does, except where PROTOCOL decides otherwise.</summary>
public sealed class SameAnswersTests
{
    private static readonly Dictionary<string, (string Ours, string Theirs)> Decided = new()
    {
        // BEP 5 knows 204 for it; libtorrent sees a missing target, or takes the query for find_node.
        ["unheard_of"] = ("error 204", "error 203"),
        ["unheard_of target="] = ("error 204", "reply id nodes"),
        // Trap 5: two values under one sequence number would leave the network undecided for ever.
        ["put, equal seq, other value"] = ("error 302", "reply id"),
        // libtorrent takes the item for an immutable one and yet stores it under the key: see ItemsTests.AValueThatNobodySignedIsNotTaken.
        ["put, short signature"] = ("error 203", "reply id"),
    };

    [Test]
    public async Task EveryQuestionGetsTheSameKindOfAnswer()
    {
        NodeId id = (await LibtorrentNetwork.Ours.PingAsync(LibtorrentNetwork.PeerEndPoint))!.Id;
        Dictionary<string, string> theirs = await Questionnaire.FillInAsync(Loopback.Address(61), LibtorrentNetwork.Members[3], id);
        Dictionary<string, string> ours = await Questionnaire.FillInAsync(Loopback.Address(62), LibtorrentNetwork.OurEndPoint, id);
        Assert.That(ours, Has.Count.EqualTo(theirs.Count));
        Assert.Multiple(() =>
        {
            foreach ((string question, string answer) in ours)
                Assert.That((answer, theirs[question]), Is.EqualTo(Decided.GetValueOrDefault(question, (theirs[question], theirs[question]))), question);
        });
    }
}
