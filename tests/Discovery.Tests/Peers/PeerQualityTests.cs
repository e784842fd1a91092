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
