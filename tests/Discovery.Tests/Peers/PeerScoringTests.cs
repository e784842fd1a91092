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
    public void TheDefaultIsLatencyAndReliabilityAlike() => Assert.That(new PeerScoring(PeerScoring.Default).Score(Peer), Is.EqualTo((0.5 + 0.75) / 2));

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
