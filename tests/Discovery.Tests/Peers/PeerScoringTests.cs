using Discovery.Peers;

namespace Discovery.Tests.Peers;

public sealed class PeerScoringTests
{
    private static readonly PeerInfo Peer = new() { Id = default, Reliability = 0.75 };

    [TestCase(0, 1)]
    [TestCase(100, 0.5)]
    [TestCase(300, 0.25)]
    public void NearerIsBetter(int milliseconds, double score) =>
        Assert.That(new LatencyScorer().Score(Peer with { Rtt = TimeSpan.FromMilliseconds(milliseconds) }), Is.EqualTo(score).Within(1e-9));

    [Test]
    public void WhoWasNotMeasuredIsInTheMiddle() => Assert.That(new LatencyScorer().Score(Peer), Is.EqualTo(0.5));

    [Test]
    public void APredictionCountsUntilThereIsAMeasurement()
    {
        PeerInfo predicted = Peer with { PredictedRtt = TimeSpan.FromMilliseconds(300) };
        Assert.That(new LatencyScorer().Score(predicted), Is.EqualTo(0.25).Within(1e-9));
        Assert.That(new LatencyScorer().Score(predicted with { Rtt = TimeSpan.Zero }), Is.EqualTo(1));
    }

    [Test]
    public void TheDefaultIsLatencyAndReliabilityAndALittleOfTheRest() =>
        Assert.That(new PeerScoring(PeerScoring.Default).Score(Peer with { Freshness = 0.2 }), Is.EqualTo((0.5 + 0.75 + 0.25 * 0.5 + 0.25 * 0.2) / 2.5).Within(1e-9));

    [Test]
    public void WhatWasSeenCountsMoreThanWhatIsClaimed()
    {
        CapacityScorer scorer = new();
        PeerCapacity all = new() { BandwidthKbps = long.MaxValue, Connections = long.MaxValue, StorageMiB = long.MaxValue, LoadPercent = 0 }, little = new() { BandwidthKbps = 2500 };
        Assert.Multiple(() =>
        {
            Assert.That(scorer.Score(Peer), Is.EqualTo(0.5), "nothing is known");
            Assert.That(scorer.Score(Peer with { Capacity = all }), Is.EqualTo(0.75).Within(1e-9), "a claim moves half the way");
            Assert.That(scorer.Score(Peer with { ObservedCapacity = all }), Is.EqualTo(1).Within(1e-9));
            Assert.That(scorer.Score(Peer with { ObservedCapacity = little }), Is.EqualTo(0.2).Within(1e-9), "2.5 of 12.5 Mbit/s");
            Assert.That(scorer.Score(Peer with { Capacity = all, ObservedCapacity = little }), Is.EqualTo((0.2 + 0.75 + 0.75) / 3).Within(1e-9));
            Assert.That(scorer.Score(Peer with { Capacity = new() { LoadPercent = 90 } }), Is.EqualTo(0.05).Within(1e-9), "who is busy says so");
            Assert.That(scorer.Score(Peer with { Capacity = new() { LoadPercent = 90 }, ObservedCapacity = new() { LoadPercent = 0 } }), Is.EqualTo(0.5).Within(1e-9));
        });
    }

    [Test]
    public void FreshnessHalvesEveryQuarterOfAnHour()
    {
        DateTimeOffset now = TestPeer.Now;
        Assert.That(FreshnessScorer.Compute(now, now), Is.EqualTo(1));
        Assert.That(FreshnessScorer.Compute(now, now + TimeSpan.FromMinutes(30)), Is.EqualTo(0.25).Within(1e-9));
        Assert.That(FreshnessScorer.Compute(now, now - TimeSpan.FromMinutes(30)), Is.EqualTo(1), "a clock that went back");
        Assert.That(new FreshnessScorer().Score(Peer with { Freshness = 0.3 }), Is.EqualTo(0.3));
    }

    [Test]
    public void OpinionsAreWeighed() => Assert.That(new PeerScoring([(new Fixed(1), 3), (new Fixed(0.2), 1)]).Score(Peer), Is.EqualTo((3 + 0.2) / 4).Within(1e-9));

    [Test]
    public void AnOpinionOutOfRangeIsClamped() =>
        Assert.That(new PeerScoring([(new Fixed(double.PositiveInfinity), 1), (new Fixed(-7), 1)]).Score(Peer), Is.EqualTo(0.5));

    [Test]
    public void AnOpinionThatFailsIsLeftOutAndReported()
    {
        List<IPeerScorer> failed = [];
        Broken broken = new();
        PeerScoring scoring = new([(broken, 100), (new Fixed(double.NaN), 100), (new Fixed(0.8), 1)], (scorer, _) => failed.Add(scorer));
        Assert.That(scoring.Score(Peer), Is.EqualTo(0.8).Within(1e-9));
        Assert.That(failed, Is.EqualTo(new[] { broken }));
        Assert.That(new PeerScoring([(broken, 1)]).Score(Peer), Is.Zero);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void AWeightIsANumberAboveZero(double weight) => Assert.Throws<ArgumentOutOfRangeException>(() => _ = new PeerScoring([(new Fixed(1), weight)]));

    private sealed class Fixed(double score) : IPeerScorer
    {
        public string Name => "fixed";

        public double Score(PeerInfo peer) => score;
    }

    private sealed class Broken : IPeerScorer
    {
        public string Name => "broken";

        public double Score(PeerInfo peer) => throw new InvalidOperationException();
    }
}
