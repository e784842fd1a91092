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
        _plan.BeginRound(_peers, 1000, start);
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
        _plan.BeginRound(_peers[..1], 1, TimeSpan.Zero);
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
        Assert.That(_plan.Doubt(_peers[0], now + TimeSpan.FromSeconds(2)), Is.True);
        Assert.That(_plan.Next, Is.EqualTo(now + TimeSpan.FromSeconds(5)), "it was asked a moment ago, and may have died since");
        Assert.That(_peers.Count(peer => _plan.Doubt(peer, now + TimeSpan.FromSeconds(5))), Is.EqualTo(63), "64 may wait");
    }

    [Test]
    public void ARoundIsATenthOfTheMostOfTenRounds()
    {
        List<int> sizes = [];
        TimeSpan now = TimeSpan.FromMinutes(1);
        foreach (int known in (int[])[100, .. Enumerable.Repeat(20, 11)])
            sizes.Add(TakeRound(_peers[..known], ref now).Count);
        Assert.That(sizes, Is.EqualTo((int[])[.. Enumerable.Repeat(10, 10), 2, 2]));
    }

    [Test]
    public void WhoWaitsToBeAskedAgainTakesNobodysPlace()
    {
        TimeSpan now = TimeSpan.FromMinutes(1);
        foreach (PeerId id in _peers[..30])
            _plan.Failed(id, now);
        Assert.That(TakeRound(_peers, ref now), Is.EquivalentTo(_peers[..40]), "the tenth, and beside it those who failed");
    }

    [Test]
    public void ThickTurnsAreTakenTogether()
    {
        SamplingPlan plan = new(TimeSpan.FromSeconds(3), 100, new Random(1), TimeSpan.Zero);
        plan.BeginRound(_peers, 1000, TimeSpan.Zero);
        List<int> batches = [];
        while (!plan.IsRoundOver(plan.Next))
        {
            TimeSpan now = plan.Next;
            int taken = 0;
            while (plan.TryTake(now, out _))
                taken++;
            batches.Add(taken);
        }
        Assert.That(batches.Sum(), Is.EqualTo(100));
        Assert.That(batches, Has.Count.InRange(5, 7), "as many as come in half a second");
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

    private List<PeerId> TakeRound(PeerId[] peers, ref TimeSpan now)
    {
        _plan.BeginRound(peers, peers.Length, now);
        List<PeerId> taken = [];
        for (; !_plan.IsRoundOver(now); now += TimeSpan.FromSeconds(1))
            while (_plan.TryTake(now, out PeerId id))
                taken.Add(id);
        return taken;
    }

    private static PeerId Id(int number)
    {
        byte[] key = new byte[PeerId.Size];
        BitConverter.TryWriteBytes(key, number);
        return PeerId.TryParse(key, out PeerId id) ? id : throw new InvalidOperationException();
    }
}
