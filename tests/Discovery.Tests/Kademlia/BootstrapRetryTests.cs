using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class BootstrapRetryTests
{
    private static readonly BootstrapRetryOptions Options = new();

    [Test]
    public void TriesAtOnceAndForEver()
    {
        BootstrapRetry retry = new(Options, new Random(1));
        Assert.That(retry.Due(TimeSpan.Zero, 0), Is.True);
        TimeSpan now = TimeSpan.Zero;
        List<TimeSpan> delays = [];
        for (int i = 0; i < 500; i++)
        {
            retry.OnAttempt(now);
            Assert.That(retry.Due(now + TimeSpan.FromSeconds(10), 0), Is.False, "one attempt at a time");
            retry.OnResult(false, now);
            delays.Add(retry.NextAttempt!.Value - now);
            now = retry.NextAttempt.Value;
            Assert.That(retry.Due(now - TimeSpan.FromTicks(1), 0), Is.False);
            Assert.That(retry.Due(now, 3), Is.True, "nearly empty is not healthy");
        }
        Assert.That(delays, Is.All.InRange(Options.MinDelay, Options.MaxDelay));
        Assert.That(delays[0], Is.LessThanOrEqualTo(2 * Options.MinDelay));
        Assert.That(delays.Distinct().Count(), Is.GreaterThan(490), "jitter");
    }

    [Test]
    public void IsQuietWhileHealthyAndWakesOnceTheTableRunsEmpty()
    {
        BootstrapRetry retry = new(Options, new Random(1));
        retry.OnAttempt(TimeSpan.Zero);
        Assert.That(retry.Due(TimeSpan.FromSeconds(1), 8), Is.False);
        Assert.That(retry.NextAttempt, Is.Null);
        retry.OnResult(true, TimeSpan.FromSeconds(2));
        Assert.That(retry.NextAttempt, Is.Null);
        Assert.That(retry.Due(TimeSpan.FromDays(1), 8), Is.False);
        Assert.That(retry.Due(TimeSpan.FromDays(2), 7), Is.True);
        retry.OnAttempt(TimeSpan.FromDays(2));
        Assert.That(retry.Due(TimeSpan.FromDays(2), 7), Is.False);
        retry.OnResult(false, TimeSpan.FromDays(2));
        Assert.That(retry.NextAttempt!.Value - TimeSpan.FromDays(2), Is.InRange(Options.MinDelay, 2 * Options.MinDelay), "the delays start afresh");
    }

    [Test]
    public void TheFirstAnswerAfterASilenceIsFollowedUpSoon()
    {
        BootstrapRetry retry = new(Options, new Random(1));
        for (int i = 0; i < 20; i++)
            retry.OnResult(false, TimeSpan.Zero);
        retry.OnResult(true, TimeSpan.Zero);
        Assert.That(retry.NextAttempt, Is.LessThanOrEqualTo(2 * Options.MinDelay));
        // In a network too small to fill a bucket attempts become rare all the same.
        double total = 0;
        for (int i = 0; i < 120; i++)
        {
            retry.OnResult(true, TimeSpan.Zero);
            if (i >= 20)
                total += retry.NextAttempt!.Value.TotalSeconds;
        }
        Assert.That(total / 100, Is.EqualTo(150).Within(30));
    }

    [Test]
    public void ALostResultIsNotTheEnd()
    {
        BootstrapRetry retry = new(Options, new Random(1));
        retry.OnAttempt(TimeSpan.Zero);
        Assert.That(retry.Due(Options.MaxDelay, 0), Is.True);
    }

    [Test]
    public void AChangeOfNetworkStartsAfresh()
    {
        BootstrapRetry retry = new(Options, new Random(1));
        for (int i = 0; i < 20; i++)
            retry.OnResult(false, TimeSpan.Zero);
        retry.Reset(TimeSpan.FromSeconds(5));
        Assert.That(retry.NextAttempt, Is.EqualTo(TimeSpan.FromSeconds(5)));
        Assert.That(retry.Due(TimeSpan.FromSeconds(5), 0), Is.True);
    }
}
