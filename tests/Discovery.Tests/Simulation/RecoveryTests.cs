using Discovery.Simulation;

namespace Discovery.Tests.Simulation;

/// <summary>What a network must recover from, and how fast.</summary>
public sealed class RecoveryTests
{
    [Test]
    public void WhenAThirdVanishesEverythingIsFoundAgainWithinFiveMinutes()
    {
        SimulationReport report = Simulator.Run(ScenarioCatalog.Find("mass-kill")!.WithNodes(300).WithKeys(50).WithLookups(600), 1);
        Assert.That(report.Broken, Is.Empty);
        Assert.That(Success(report, TimeSpan.FromMinutes(6)), Is.GreaterThan(0.99));
    }

    /// <summary>In a network of 1000 nodes an hour is too short to forget the other half. In one of 40 everybody has, and nobody new brings word: seed 1 was parted for ever.</summary>
    [TestCase(40, 1UL)]
    [TestCase(40, 2UL)]
    [TestCase(12, 1UL)]
    [TestCase(200, 1UL)]
    public void HalvesThatWerePartedForAnHourAreOneNetworkTenMinutesLater(int nodes, ulong seed)
    {
        SimulationReport report = Simulator.Run(ScenarioCatalog.Find("partition")!.WithChurn(null).WithNodes(nodes).WithKeys(20).WithLookups(1000), seed);
        Assert.That(report.Broken, Is.Empty);
        Assert.That(Success(report, TimeSpan.FromMinutes(75)), Is.EqualTo(1));
        Assert.That(report.Timeline.Where(static window => window.From >= TimeSpan.FromMinutes(75) && window.Lookups > 0).Average(static window => window.Recall), Is.GreaterThan(0.99));
        Assert.That(Success(report, TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(60)), Is.LessThan(0.9), "was it parted?");
    }

    private static double Success(SimulationReport report, TimeSpan from, TimeSpan? to = null)
    {
        TimelineWindow[] windows = [.. report.Timeline.Where(window => window.From >= from && window.From < (to ?? TimeSpan.MaxValue) && window.Lookups > 0)];
        return windows.Sum(static window => window.Lookups * window.Success) / windows.Sum(static window => window.Lookups);
    }
}
