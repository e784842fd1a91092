using Discovery.Peers;

namespace Discovery.Tests.Peers;

public sealed class PeerDiversityTests
{
    [Test]
    public void TenOfOneNetworkDoNotFillAResult()
    {
        List<PeerInfo> peers = [.. Enumerable.Range(1, 10).Select(static host => Peer($"192.0.2.{host}:1", 0.9)), .. Enumerable.Range(1, 10).Select(static net => Peer($"10.0.{net}.1:1", 0.5))];
        IReadOnlyList<PeerInfo> picked = PeerDiversity.Select(peers, 10);
        Assert.That(picked, Has.Count.EqualTo(10));
        Assert.That(picked.Count(static peer => peer.Score > 0.8), Is.EqualTo(1), "a second one is worth 0.45");
        Assert.That(picked, Is.Ordered.Descending.By(nameof(PeerInfo.Score)));
    }

    [Test]
    public void WhereThereIsNoOtherOneNetworkWillDo()
    {
        PeerInfo[] peers = [.. Enumerable.Range(1, 100).Select(static host => Peer($"127.0.0.1:{host}", 1 - host / 1000.0))];
        Assert.That(PeerDiversity.Select(peers, 10), Is.EqualTo(peers[..10]));
        Assert.That(PeerDiversity.Select(peers[..3], 10), Is.EqualTo(peers[..3]));
    }

    [Test]
    public void ARegionWeighsLess()
    {
        PeerInfo[] peers = [.. Enumerable.Range(1, 10).Select(static net => Peer($"10.0.{net}.1:1", 0.9, "eu")), .. Enumerable.Range(1, 10).Select(static net => Peer($"10.1.{net}.1:1", 0.7, "us")), Peer("10.2.1.1:1", 0.2, "ap")];
        IReadOnlyList<PeerInfo> picked = PeerDiversity.Select(peers, 10);
        Assert.That(picked.Count(static peer => peer.Region == "eu"), Is.EqualTo(6), "0.9 x 0.9^5 is 0.53, and 0.7 x 0.9^3 is 0.51");
        Assert.That(picked.Count(static peer => peer.Region == "us"), Is.EqualTo(4));
        Assert.That(PeerDiversity.Select(peers, 3).All(static peer => peer.Region == "eu"), "better ones are not passed over for a far one");
    }

    [Test]
    public void WhoNamesNoRegionSharesNone()
    {
        PeerInfo[] peers = [.. Enumerable.Range(1, 20).Select(static net => Peer($"10.0.{net}.1:1", 0.9)), Peer("10.1.1.1:1", 0.8, "eu")];
        Assert.That(PeerDiversity.Select(peers, 10), Is.EqualTo(peers[..10]));
    }

    [Test]
    public void ItPicksAsTheRuleSays()
    {
        Random random = new(1);
        for (int round = 0; round < 300; round++)
        {
            List<PeerInfo> peers = [.. Enumerable.Range(0, random.Next(1, 60)).Select(i => Peer($"10.0.{random.Next(6)}.{i}:1", random.NextDouble(), random.Next(4) is var region && region == 0 ? null : $"r{region}"))
                .OrderByDescending(static peer => peer.Score)];
            int count = random.Next(1, 12);
            Assert.That(Worth(PeerDiversity.Select(peers, count)), Is.EqualTo(Worth(Slowly(peers, count))).Within(1e-9));
        }
    }

    [Test]
    public void NoNumberOfClaimsMakesItSlow()
    {
        // Regions without end in one network, networks without end in one region.
        PeerInfo[] regions = [.. Enumerable.Range(0, 5000).Select(static i => Peer($"10.0.0.1:{i + 1}", 0.9, $"r{i}"))], networks = [.. Enumerable.Range(0, 5000).Select(static i => Peer($"10.{i >> 8}.{i & 255}.1:1", 0.9, "r"))];
        Assert.That(PeerDiversity.Select(regions, 10), Has.Count.EqualTo(10));
        Assert.That(PeerDiversity.Select(networks, 10), Has.Count.EqualTo(10));
        Assert.That(PeerDiversity.Select(networks, 1000), Is.EqualTo(networks[..1000]), "by score alone");
    }

    private static double Worth(IReadOnlyList<PeerInfo> picked) => picked.Sum(static peer => peer.Score);

    /// <summary>The rule, word for word.</summary>
    private static List<PeerInfo> Slowly(List<PeerInfo> peers, int count)
    {
        List<PeerInfo> left = [.. peers], picked = [];
        while (picked.Count < count && left.Count > 0)
        {
            PeerInfo best = left.MaxBy(peer => peer.Score
                * Math.Pow(PeerDiversity.NetworkFactor, picked.Count(other => other.EndPoints[0].SubnetKey == peer.EndPoints[0].SubnetKey))
                * Math.Pow(PeerDiversity.RegionFactor, peer.Region is null ? 0 : picked.Count(other => other.Region == peer.Region)))!;
            left.Remove(best);
            picked.Add(best);
        }
        return picked;
    }

    private static PeerInfo Peer(string endPoint, double score, string? region = null) => new() { Id = default, EndPoints = [PeerEndPoint.Parse(endPoint)], Score = score, Region = region };
}
