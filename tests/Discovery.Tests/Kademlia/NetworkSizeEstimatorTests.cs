using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class NetworkSizeEstimatorTests
{
    [Test]
    public void IsWithinAQuarterAfterTwentyLookups([Values(100, 1_000, 100_000)] int nodes, [Values(1, 2, 3, 4)] int seed)
    {
        NetworkSizeEstimator estimator = Learn(Network(nodes, seed), 20, seed);
        Assert.That(estimator.Samples, Is.EqualTo(20));
        Assert.That(estimator.Estimate, Is.EqualTo(nodes).Within(25).Percent);
        Assert.That(estimator.ExpectedDistanceRatio(8), Is.EqualTo(8.0 / nodes).Within(35).Percent);
    }

    [Test]
    public void KnowsNothingBeforeTheFirstLookup()
    {
        NetworkSizeEstimator estimator = new();
        Assert.That((estimator.Samples, estimator.Estimate, estimator.ExpectedDistanceRatio(8)), Is.EqualTo((0, 0.0, 0.0)));
        estimator.Observe(NodeId.Zero, []);
        estimator.Observe(NodeId.Zero, [NodeId.Zero]);
        Assert.That(estimator.Samples, Is.Zero);
    }

    [Test]
    public void ForgedIdsAroundAFewTargetsMoveItLittle()
    {
        NodeId[] network = Network(1000, 1);
        NetworkSizeEstimator estimator = Learn(network, 20, 2);
        double before = estimator.Estimate;
        Random random = new(3);
        for (int i = 0; i < 4; i++)
        {
            NodeId target = NodeId.CreateRandom(random);
            NodeId[] forged = [.. Enumerable.Range(0, 8).Select(_ => target.RandomAtPrefix(60, random))];
            for (int again = 0; again < 50; again++)
                estimator.Observe(target, Closest(forged, target));
        }
        Assert.That(estimator.Samples, Is.EqualTo(24), "one place, one sample");
        Assert.That(estimator.Estimate, Is.EqualTo(before).Within(35).Percent);
    }

    [Test]
    public void FollowsANetworkThatGrows()
    {
        NetworkSizeEstimator estimator = Learn(Network(100, 1), 40, 1);
        Learn(Network(10_000, 2), 40, 5, estimator);
        Assert.That(estimator.Estimate, Is.EqualTo(10_000).Within(25).Percent);
    }

    [Test]
    public void DistanceIsAPartOfTheKeySpace()
    {
        NodeId half = NodeId.Parse("8" + new string('0', 39));
        Assert.That(NetworkSizeEstimator.DistanceRatio(NodeId.Zero, half), Is.EqualTo(0.5));
        Assert.That(NetworkSizeEstimator.DistanceRatio(half, half), Is.Zero);
    }

    private static NetworkSizeEstimator Learn(NodeId[] network, int lookups, int seed, NetworkSizeEstimator? estimator = null)
    {
        estimator ??= new();
        Random random = new(1000 + seed);
        for (int i = 0; i < lookups; i++)
        {
            NodeId target = NodeId.CreateRandom(random);
            estimator.Observe(target, Closest(network, target));
        }
        return estimator;
    }

    private static NodeId[] Network(int nodes, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, nodes).Select(_ => NodeId.CreateRandom(random))];
    }

    private static NodeId[] Closest(NodeId[] network, NodeId target) => [.. network.OrderBy(id => NodeId.Distance(id, target)).Take(8)];
}
