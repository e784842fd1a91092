using Discovery.Service;

namespace Discovery.Tests.Service.Maintenance;

/// <summary>Who is asked when.</summary>
public sealed class SamplingPlanTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    private readonly PeerId[] _peers = [.. Enumerable.Range(1, 100).Select(Id)];
    private SamplingPlan _plan = null!;

    [SetUp]
    public void Create() => _plan = new(s_interval, 50, new Random(1), TimeSpan.Zero);

    [Test]
    public void ARoundIsSpreadEvenlyAndBounded()
    {
        Assert.That(_plan.IsRoundOver(TimeSpan.FromSeconds(26)), Is.False);
        TimeSpan start = TimeSpan.FromSeconds(33);
        Assert.That(_plan.IsRoundOver(start));
        _plan.BeginRound(_peers, start);
        List<TimeSpan> times = [];
        List<PeerId> asked = [];
        while (!_plan.IsRoundOver(_plan.Next))
        {
            TimeSpan now = _plan.Next;
            while (_plan.TryTake(now, out PeerId id))
            {
                asked.Add(id);
                times.Add(now - start);
            }
        }
        Assert.Multiple(() =>
        {
            Assert.That(asked, Is.EqualTo(_peers[..50]), "no more than a round may have, the first first");
            Assert.That(times.Zip(times.Skip(1), static (a, b) => b - a), Is.All.EqualTo(times[1]), "one after another, at even distances");
            Assert.That(times[1] * 50, Is.EqualTo(s_interval).Within(s_interval * 0.1001));
        });
    }

    [Test]
    public void WhoeverFailsIsAskedAgainThriceWithinAnInterval()
    {
        _plan.BeginRound(_peers[..1], TimeSpan.Zero);
        List<TimeSpan> asked = [];
        for (TimeSpan now = TimeSpan.Zero; now < s_interval * 0.85; now += TimeSpan.FromSeconds(1))
            while (_plan.TryTake(now, out PeerId id))
            {
                asked.Add(now);
                _plan.Failed(id, now);
                _plan.Failed(id, now);
            }
        Assert.That(asked, Is.EqualTo(new[] { 0, 5, 10, 15, 20, 25 }.Select(static second => TimeSpan.FromSeconds(second))));
    }

    [Test]
    public void ADoubtIsTakenUpAtOnceButNotOverAndOver()
    {
        TimeSpan now = TimeSpan.FromSeconds(1);
        Assert.That(_plan.Doubt(_peers[0], now), Is.True);
        Assert.That(_plan.Doubt(_peers[0], now), Is.False, "it waits already");
        Assert.That(_plan.Next, Is.EqualTo(now));
        Assert.That(_plan.TryTake(now, out PeerId id) && id == _peers[0]);
        Assert.That(_plan.Doubt(_peers[0], now + TimeSpan.FromSeconds(4)), Is.False, "it was asked a moment ago");
        Assert.That(_plan.Doubt(_peers[0], now + TimeSpan.FromSeconds(5)), Is.True);
        Assert.That(_peers.Count(peer => _plan.Doubt(peer, now + TimeSpan.FromSeconds(5))), Is.EqualTo(63), "64 may wait");
    }

    [Test]
    public void WithoutAnEndOfTheIntervalNobodyIsAsked()
    {
        SamplingPlan plan = new(TimeSpan.MaxValue, 50, new Random(1), TimeSpan.FromDays(1));
        Assert.Multiple(() =>
        {
            Assert.That(plan.Next, Is.EqualTo(TimeSpan.MaxValue));
            Assert.That(plan.IsRoundOver(TimeSpan.FromDays(1000)), Is.False);
            Assert.That(plan.Doubt(_peers[0], TimeSpan.FromDays(2)), Is.False);
        });
    }

    private static PeerId Id(int number)
    {
        byte[] key = new byte[PeerId.Size];
        BitConverter.TryWriteBytes(key, number);
        return PeerId.TryParse(key, out PeerId id) ? id : throw new InvalidOperationException();
    }
}
