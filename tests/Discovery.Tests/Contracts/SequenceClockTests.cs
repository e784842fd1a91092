namespace Discovery.Tests.Contracts;

public sealed class SequenceClockTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void CountsMicrosecondsSince1970() => Assert.That(new SequenceClock().Next(Now), Is.EqualTo(1_767_225_600_000_000));

    [Test]
    public void GrowsWhenTheClockStandsStillOrGoesBack()
    {
        SequenceClock clock = new();
        long first = clock.Next(Now);
        Assert.That(clock.Next(Now), Is.EqualTo(first + 1));
        Assert.That(clock.Next(Now - TimeSpan.FromDays(1)), Is.EqualTo(first + 2));
        Assert.That(clock.Next(Now + TimeSpan.FromSeconds(1)), Is.EqualTo(first + 1_000_000));
    }

    [Test]
    public void GoesOnFromAnEarlierRun() => Assert.That(new SequenceClock(long.MaxValue / 2).Next(Now), Is.EqualTo(long.MaxValue / 2 + 1));

    [Test]
    public void IsNeverNegative() => Assert.That(new SequenceClock().Next(DateTimeOffset.MinValue), Is.EqualTo(1));
}
