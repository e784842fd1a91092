using Discovery.Service;
using Discovery.Tests.Peers;

namespace Discovery.Tests.Service;

public sealed class SearchKeyTests
{
    private static readonly PeerId One = new TestPeer(1).Id, Two = new TestPeer(2).Id;
    private static readonly Func<PeerInfo, bool> Anybody = static _ => true;

    private static readonly PeerFilter[] Different =
    [
        new(),
        new() { Capability = "a" },
        new() { Capabilities = ["b"] },
        new() { Capability = "a", Capabilities = ["b"] },
        new() { Region = "r" },
        new() { MinReliability = 0.5 },
        new() { MaxRtt = TimeSpan.FromMilliseconds(50) },
        new() { Protocol = "1.0" },
        new() { Exclude = [One] },
        new() { Exclude = [One, Two] },
        new() { Predicate = Anybody },
        new() { Predicate = static _ => false },
    ];

    [Test]
    public void SearchesForTheSameAreEqual()
    {
        Assert.Multiple(() =>
        {
            foreach (PeerFilter filter in Different)
                AssertEqual(Key(filter), Key(filter with { Capabilities = [.. filter.Capabilities], Exclude = [.. filter.Exclude] }));
            AssertEqual(Key(new() { Capability = "a", Capabilities = ["b", "c"] }), Key(new() { Capability = "a", Capabilities = ["c", "b"] }));
            AssertEqual(Key(new() { Exclude = [One, Two] }), Key(new() { Exclude = [Two, One] }));
        });

        static void AssertEqual(SearchKey left, SearchKey right)
        {
            Assert.That(left, Is.EqualTo(right));
            Assert.That(left.GetHashCode(), Is.EqualTo(right.GetHashCode()));
        }
    }

    [Test]
    public void SearchesForAnythingElseAreNot()
    {
        SearchKey[] keys =
        [
            .. Different.Select(static filter => Key(filter)),
            new(SearchWorld.Query(3)),
            new(SearchWorld.Query(5) with { Peer = One }),
            new(SearchWorld.Query(5) with { Peer = Two }),
            new(SearchWorld.Query(5) with { Topic = NodeId.Zero }),
        ];
        Assert.That(keys, Is.Unique);
    }

    private static SearchKey Key(PeerFilter filter) => new(SearchWorld.Query(5, filter));
}
