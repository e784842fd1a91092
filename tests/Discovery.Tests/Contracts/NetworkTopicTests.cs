namespace Discovery.Tests.Contracts;

public sealed class NetworkTopicTests
{
    // By Python's hashlib.
    [Test]
    public void TopicsAreThoseOfAnotherImplementation()
    {
        Assert.That(NetworkTopic.ForNetwork("my-app"), Is.EqualTo(NodeId.Parse("c90464ca95ad776a0192dafa4ab4dd0ef93a3dbc")));
        Assert.That(NetworkTopic.ForCapability("my-app", "storage"), Is.EqualTo(NodeId.Parse("40430daa49dcaa6fb170654f12d4e31eba2447fd")));
        Assert.That(NetworkTopic.ForRegion("my-app", "aws:us-east-1"), Is.EqualTo(NodeId.Parse("278438932998549149578fdf8042ecdf7eae81eb")));
        Assert.That(NetworkTopic.ForCapability("nätz", "ü"), Is.EqualTo(NodeId.Parse("a3c92f605bfdb1f1078161031b7f9432d34dc85c")));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" ")]
    [TestCase("a\0b")]
    public void ANetworkNeedsAName(string? network)
    {
        Assert.That(() => NetworkTopic.ForNetwork(network!), Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo("network"));
        Assert.That(() => new DiscoveryContext { Network = network!, Options = new(), GetSelf = null!, GetBootstrapNodesAsync = null! }, Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void ACapabilityAndARegionNeedAName()
    {
        Assert.Throws<ArgumentException>(() => NetworkTopic.ForCapability("n", ""));
        Assert.Throws<ArgumentException>(() => NetworkTopic.ForRegion("n", ""));
    }
}
