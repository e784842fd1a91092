using Discovery.Limits;

namespace Discovery.Tests.Limits;

public sealed class BackoffTests
{
    [Test]
    public void GrowsWithJitterUpToTheMaximum()
    {
        Backoff backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Random random = new(1);
        for (int round = 0; round < 20; round++)
        {
            for (int i = 1; i < 100; i++)
                Assert.That(backoff.Next(random).TotalSeconds, Is.InRange(1, Math.Min(300, Math.Pow(2, i))));
            backoff.Reset();
        }
        for (int i = 0; i < 10; i++)
            backoff.Next(random);
        Assert.That(Enumerable.Range(0, 1000).Average(_ => backoff.Next(random).TotalSeconds), Is.EqualTo(150).Within(10));
    }

    [Test]
    public void WithoutAnySpanTheDelayIsFixed()
    {
        Backoff backoff = new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3));
        Assert.That(Enumerable.Range(0, 100).Select(_ => backoff.Next(new Random(1))), Is.All.EqualTo(TimeSpan.FromSeconds(3)));
    }
}
