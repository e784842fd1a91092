using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class LostNodesTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Random _random = new(1);
    private readonly LostNodes _lost = new();

    [Test]
    public void ALostNodeIsAskedAgainLessAndLessOften()
    {
        TableEntry entry = Entry(1);
        _lost.Add(entry);
        List<int> asked = [];
        for (int minute = 0; minute <= 60; minute++)
            if (_lost.TryNext(minute * Minute, out PeerEndPoint endPoint))
            {
                Assert.That(endPoint, Is.EqualTo(entry.EndPoint));
                asked.Add(minute);
            }
        Assert.That(asked, Is.EqualTo(new[] { 1, 3, 7, 15, 30, 45, 60 }));
    }

    [Test]
    public void WhoAnswersIsLostNoMore()
    {
        _lost.Add(Entry(1));
        Assert.That(_lost.Remove(Entry(2).EndPoint), Is.False);
        Assert.That(_lost.Remove(Entry(1).EndPoint), Is.True);
        Assert.That(_lost.TryNext(2 * Minute, out _), Is.False);
    }

    [Test]
    public void SixteenAreRememberedForADay()
    {
        for (int i = 0; i < 20; i++)
            _lost.Add(Entry(i % 18));
        Assert.That(_lost.Nodes.Select(static node => node.EndPoint), Is.Unique);
        Assert.That(_lost.Count, Is.EqualTo(16));
        Assert.That(_lost.TryNext(TimeSpan.FromHours(25), out _), Is.False);
        Assert.That(_lost.Count, Is.Zero);
    }

    [Test]
    public void TheTableTellsWhomItHasLost()
    {
        RoutingTable table = new(default, new());
        TableEntry entry = Entry(1);
        table.Answered(entry.Id, entry.EndPoint, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        for (int i = 0; i < 3; i++)
            table.Failed(entry.Id, entry.EndPoint, Minute, online: true);
        Assert.That(table.Lost.Count, Is.Zero);
        table.Failed(entry.Id, entry.EndPoint, Minute, online: true);
        Assert.That(table.Count, Is.Zero);
        Assert.That(table.Lost.Nodes.Single(), Is.EqualTo(new SnapshotNode(entry.Id, entry.EndPoint)));
    }

    private TableEntry Entry(int number) => new(NodeId.CreateRandom(_random), new PeerEndPoint(0x0100_0001 + (uint)number, 6881));
}
