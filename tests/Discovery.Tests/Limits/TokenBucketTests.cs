using Discovery.Limits;

namespace Discovery.Tests.Limits;

public sealed class TokenBucketTests
{
    [Test]
    public void GivesTheBurstAndThenTheRate()
    {
        TokenBucket bucket = new(10, 5);
        for (int i = 0; i < 5; i++)
            Assert.That(bucket.TryTake(1, TimeSpan.Zero), Is.True);
        Assert.That(bucket.TryTake(1, TimeSpan.Zero), Is.False);
        Assert.That(bucket.DelayUntil(1, TimeSpan.Zero), Is.EqualTo(TimeSpan.FromMilliseconds(100)));
        Assert.That(bucket.TryTake(1, TimeSpan.FromMilliseconds(99)), Is.False);
        Assert.That(bucket.TryTake(1, TimeSpan.FromMilliseconds(101)), Is.True);
        Assert.That(bucket.DelayUntil(6, TimeSpan.FromSeconds(9)), Is.EqualTo(TimeSpan.MaxValue));
        Assert.That(bucket.DelayUntil(5, TimeSpan.FromSeconds(9)), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void GivesWhatBurstAndRateAllow([Values(1, 2, 3)] int seed)
    {
        Random random = new(seed);
        TokenBucket bucket = new(20, 7);
        double taken = 0;
        TimeSpan now = TimeSpan.Zero;
        for (int i = 0; i < 10_000; i++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(30));
            double tokens = random.NextDouble() * 3;
            if (bucket.TryTake(tokens, now))
                taken += tokens;
            Assert.That(taken, Is.LessThanOrEqualTo(7.0001 + 20 * now.TotalSeconds));
        }
        // More is asked for than drips in, so hardly anything is left over.
        Assert.That(taken, Is.GreaterThan(0.95 * 20 * now.TotalSeconds));
    }
}
