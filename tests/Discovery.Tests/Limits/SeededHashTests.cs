using Discovery.Limits;

namespace Discovery.Tests.Limits;

public sealed class SeededHashTests
{
    /// <summary>Ids whose halves cancel out all collide in <see cref="HashCode"/>, whatever its seed.</summary>
    [Test]
    public void ContrivedIdsDoNotCollide()
    {
        HashSet<int> hashes = [];
        for (uint i = 0; i < 10_000; i++)
            hashes.Add(SeededHash.Of(new NodeId((ulong)i << 32 | i, 0, 0)));
        Assert.That(hashes, Has.Count.GreaterThan(9_990));
    }

    [Test]
    public void EveryPartOfAnEndPointCounts()
    {
        PeerEndPoint[] endPoints = [.. from text in (string[])["1.2.3.4:1", "1.2.3.5:1", "1.2.3.4:2", "[2001:db8::1]:1", "[2001:db8:0:1::1]:1"] select PeerEndPoint.Parse(text)];
        Assert.That(endPoints.Select(endPoint => SeededHash.Of(endPoint)), Is.Unique);
    }

    [TestCase("192.0.2.7:5", "192.0.2.7:0")]
    [TestCase("[2001:db8:1:2:3:4:5:6]:5", "[2001:db8:1:2::]:0")]
    [TestCase("[fe80::1]:5", "[fe80::1]:0")]
    [TestCase("127.0.0.1:5", "127.0.0.1:5")]
    [TestCase("[::1]:5", "[::1]:5")]
    public void OneSubscriberIsOneSource(string endPoint, string source) =>
        Assert.That(SourceKey.Of(PeerEndPoint.Parse(endPoint)), Is.EqualTo(PeerEndPoint.Parse(source)));
}
