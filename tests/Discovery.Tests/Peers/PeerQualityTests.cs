using Discovery.Peers;

namespace Discovery.Tests.Peers;

public sealed class PeerQualityTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void TheRoundTripIsSmoothedAsRfc6298Says()
    {
        PeerQuality quality = new PeerQuality().Answered(TimeSpan.FromMilliseconds(100), Now);
        Assert.That(quality.Rtt, Is.EqualTo(TimeSpan.FromMilliseconds(100)), "2.2");
        quality = quality.Answered(TimeSpan.FromMilliseconds(180), Now);
        Assert.That(quality.Rtt, Is.EqualTo(TimeSpan.FromMilliseconds(110)), "2.3: 7/8 and 1/8");
        Assert.That(quality.Answered(null, Now).Rtt, Is.EqualTo(quality.Rtt), "3: nothing is learnt from a retransmitted query");
        Assert.That(quality.Failed(Now).Rtt, Is.EqualTo(quality.Rtt));
    }

    [Test]
    public void TheVarianceIsThatOfRfc6298()
    {
        PeerQuality quality = new PeerQuality().Answered(TimeSpan.FromMilliseconds(100), Now);
        Assert.That(quality.RttVariance, Is.EqualTo(TimeSpan.FromMilliseconds(50)), "2.2: R/2");
        quality = quality.Answered(TimeSpan.FromMilliseconds(180), Now);
        Assert.That(quality.RttVariance, Is.EqualTo(TimeSpan.FromMilliseconds(57.5)), "2.3: 3/4 of 50 and 1/4 of |100 - 180|, before the mean moves");
        Assert.That(quality.MinRtt, Is.EqualTo(TimeSpan.FromMilliseconds(100)));
        Assert.That(quality.Answered(TimeSpan.FromMilliseconds(40), Now).MinRtt, Is.EqualTo(TimeSpan.FromMilliseconds(40)));
        Assert.That(quality.Answered(null, Now).RttVariance, Is.EqualTo(quality.RttVariance));
    }

    [Test]
    public void TheRecentRoundTripIsTheMedianOfThree()
    {
        int[] times = [30, 10, 20, 500, 25];
        double[] medians = [.. times.Select((_, last) => times[..(last + 1)].Aggregate(new PeerQuality(), (quality, time) => quality.Measured(TimeSpan.FromMilliseconds(time))).RecentRtt!.Value.TotalMilliseconds)];
        Assert.That(medians, Is.EqualTo(new double[] { 30, 20, 20, 20, 25 }));
        Assert.That(new PeerQuality().RecentRtt, Is.Null);
    }

    [Test]
    public void WithoutNewsReliabilityGoesBackToTheMiddle()
    {
        PeerQuality quality = new();
        for (int i = 0; i < 8; i++)
            quality = quality.Answered(null, Now);
        Assert.That(quality.ReliabilityAt(Now), Is.EqualTo(0.9).Within(1e-9));
        Assert.That(quality.ReliabilityAt(Now + 3 * PeerQuality.HalfLife), Is.EqualTo(2 / 3.0).Within(1e-9), "one success is left");
        Assert.That(quality.ReliabilityAt(Now + TimeSpan.FromDays(30)), Is.EqualTo(0.5).Within(1e-9));
        Assert.That(quality.EvidenceAt(Now + PeerQuality.HalfLife), Is.EqualTo(4).Within(1e-9));
        Assert.That(quality.LastSuccess, Is.EqualTo(Now));
    }

    [Test]
    public void AnOffenceWeighsFourFailures()
    {
        PeerQuality quality = new PeerQuality().Offended(Now);
        Assert.That(quality.Reliability, Is.EqualTo(1 / 6.0).Within(1e-9));
        Assert.That(quality.ConsecutiveFailures, Is.Zero, "it is there");
        Assert.That(new PeerQuality().Used(false, Now), Is.EqualTo(new PeerQuality().Failed(Now) with { ConsecutiveFailures = 0 }));
    }

    [Test]
    public void ObservedCapacityIsSmoothed()
    {
        PeerQuality quality = new PeerQuality().Carried(new() { BandwidthKbps = 800, LoadPercent = 10 }).Carried(new() { BandwidthKbps = 1600, Connections = 5 });
        Assert.That(quality.Capacity, Is.EqualTo(new PeerCapacity { BandwidthKbps = 900, Connections = 5, LoadPercent = 10 }));
        PeerQuality lazy = new PeerQuality().Carried(new() { Connections = 0, LoadPercent = 100 });
        for (int i = 0; i < 50; i++)
            lazy = lazy.Carried(new() { Connections = 7, LoadPercent = 93 });
        Assert.That(lazy.Capacity, Is.EqualTo(new PeerCapacity { Connections = 7, LoadPercent = 93 }), "what goes on for long is what it is");
        Assert.That(new PeerQuality().Carried(new() { BandwidthKbps = long.MaxValue }).Carried(new() { BandwidthKbps = 0 }).Carried(new() { BandwidthKbps = long.MaxValue }).Capacity!.BandwidthKbps, Is.Positive);
    }

    [Test]
    public void TheLongestTimesAreTimesToo()
    {
        PeerQuality quality = default;
        foreach (TimeSpan rtt in (TimeSpan[])[TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.Zero, TimeSpan.MaxValue])
        {
            quality = quality.Measured(rtt);
            Assert.That(quality.RecentRtt, Is.GreaterThanOrEqualTo(TimeSpan.Zero));
            Assert.That((quality.Rtt, quality.RttVariance), Is.GreaterThan(((TimeSpan?)TimeSpan.Zero, (TimeSpan?)TimeSpan.Zero)));
        }
    }

    [Test]
    public void OneAnswerIsNotCertaintyAndOneFailureIsNotTheEnd()
    {
        Assert.That(new PeerQuality().Reliability, Is.EqualTo(0.5));
        Assert.That(new PeerQuality().Answered(null, Now).Reliability, Is.EqualTo(2 / 3.0).Within(1e-9));
        Assert.That(new PeerQuality().Failed(Now).Reliability, Is.EqualTo(1 / 3.0).Within(1e-9));
    }

    [Test]
    public void AnOldFailureFades()
    {
        PeerQuality failed = new PeerQuality().Failed(Now);
        double soon = failed.Answered(null, Now).Reliability, later = failed.Answered(null, Now + PeerQuality.HalfLife).Reliability, late = failed.Answered(null, Now + TimeSpan.FromDays(365)).Reliability;
        Assert.That(soon, Is.EqualTo(0.5).Within(1e-9));
        Assert.That(later, Is.EqualTo(2 / 3.5).Within(1e-9), "half a failure is left");
        Assert.That(late, Is.EqualTo(2 / 3.0).Within(1e-9));
    }

    [Test]
    public void AClockThatGoesBackDecaysNothing()
    {
        PeerQuality quality = new PeerQuality().Failed(Now);
        Assert.That(quality.Answered(null, Now - TimeSpan.FromDays(1)).Reliability, Is.EqualTo(0.5).Within(1e-9));
        Assert.That(quality.Failed(DateTimeOffset.MinValue).Failed(Now).Reliability, Is.EqualTo(1 / 5.0).Within(1e-9), "it did not decay twice either");
    }

    [Test]
    public void ReliabilityStaysBetweenZeroAndOne()
    {
        Random random = new(1);
        PeerQuality quality = default;
        DateTimeOffset now = Now;
        for (int i = 0; i < 10_000; i++)
        {
            now += TimeSpan.FromSeconds(random.NextDouble() * 100);
            quality = random.Next(2) == 0 ? quality.Answered(null, now) : quality.Failed(now);
            Assert.That(quality.Reliability, Is.GreaterThan(0).And.LessThan(1));
        }
    }

    [Test]
    public void FailuresInARowEndWithAnAnswer()
    {
        PeerQuality quality = new PeerQuality().Failed(Now).Failed(Now);
        Assert.That(quality.ConsecutiveFailures, Is.EqualTo(2));
        Assert.That(quality.Answered(null, Now).ConsecutiveFailures, Is.Zero);
    }
}
