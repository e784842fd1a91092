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

    /// <summary>Where 8 of the 16 nodes that a walk begins with were dead, and those who lived named no others, it ended short of k though the asker knew more: 4 % were missed with this seed.</summary>
    [Test]
    public void AWalkAmongTheDeadGoesOnWithWhomTheAskerKnowsBeside()
    {
        SimulationReport report = Simulator.Run(Scenario.Create("just killed").WithNodes(200).WithKeys(10).WithLatency(LatencyModel.Constant(TimeSpan.FromMilliseconds(1)))
            .StartingLookups(TimeSpan.FromSeconds(1.1)).WithLookups(1400, TimeSpan.FromSeconds(6)).At(TimeSpan.FromSeconds(1), new MassKill(0.3)), 10);
        Assert.That(report.Recall, Is.GreaterThan(0.99));
        Assert.That(report.MessagesPerLookup, Is.LessThan(35));
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
        TimelineWindow[] parted = [.. report.Timeline.Where(static window => window.From >= TimeSpan.FromMinutes(40) && window.From < TimeSpan.FromMinutes(60))];
        Assert.That(parted.Sum(static window => window.Expired), Is.GreaterThan(0.1 * parted.Sum(static window => window.Lookups)), "keys of the other half are lost there");
        Assert.That(report.Timeline.Where(static window => window.From < TimeSpan.FromMinutes(28) || window.From > TimeSpan.FromMinutes(66)).Sum(static window => window.Expired), Is.Zero);
        Assert.That(report.Expired, Is.EqualTo(report.Timeline.Sum(static window => window.Expired)).And.Positive);
        Assert.That(report.Success, Is.EqualTo((double)report.LatenciesMs.Count / (report.Lookups - report.Expired)));
    }

    private static double Success(SimulationReport report, TimeSpan from)
    {
        TimelineWindow[] windows = [.. report.Timeline.Where(window => window.From >= from && window.Lookups > window.Expired)];
        return windows.Sum(static window => (window.Lookups - window.Expired) * window.Success) / windows.Sum(static window => window.Lookups - window.Expired);
    }
}
