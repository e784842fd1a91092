using Discovery.Bootstrap;

namespace Discovery.Tests.Bootstrap;

public sealed class EndPointBootstrapSourceTests
{
    [Test]
    public async Task YieldsWhatItWasGiven()
    {
        EndPointBootstrapSource source = new("node.example:6881", "[::1]:1");
        Assert.That(await source.GetNodesAsync(default).ToArrayAsync(), Is.EqualTo(new BootstrapNode[]
        {
            new() { EndPoint = "node.example:6881", Source = "endpoints" },
            new() { EndPoint = "[::1]:1", Source = "endpoints" },
        }));
    }

    [TestCase("node.example")]
    [TestCase("::1:6881")]
    [TestCase(null)]
    public void AWrongOneIsAnArgumentErrorAtOnce(string? hostPort) =>
        Assert.That(() => new EndPointBootstrapSource("node.example:6881", hostPort!), Throws.InstanceOf<ArgumentException>());

    [Test]
    public void ACancelledReadIsCancelled() =>
        Assert.That(async () => await new EndPointBootstrapSource("a:1").GetNodesAsync(new(true)).ToArrayAsync(), Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public async Task TheMainlineHasSeveralOperators()
    {
        IBootstrapSource source = MainlineRouters.CreateSource();
        BootstrapNode[] routers = await source.GetNodesAsync(default).ToArrayAsync();
        Assert.That(source.Name, Is.EqualTo("mainline"));
        Assert.That(routers.Select(static node => node.Source), Is.All.EqualTo("mainline"));
        Assert.That(routers.Select(static node => string.Join('.', node.Host.Split('.')[^2..])).Distinct().Count(), Is.GreaterThanOrEqualTo(4));
    }
}
