using Discovery.Simulation;
using Discovery.Simulation.Engine;

namespace Discovery.Tests.Simulation;

public sealed class SessionLengthTests
{
    private const int Draws = 100_000;

    private static readonly SessionLength[] Lengths =
    [
        new SessionLength.Exponential(TimeSpan.FromHours(1)),
        new SessionLength.Weibull(TimeSpan.FromHours(1), 0.6),
        new SessionLength.Weibull(TimeSpan.FromHours(1), 2),
        new SessionLength.LogNormal(TimeSpan.FromHours(1), 0.8),
    ];

    [TestCaseSource(nameof(Lengths))]
    public void DrawsHaveTheMeanThatTheDistributionHas(SessionLength length)
    {
        SimulationRandom random = new(1);
        double mean = Enumerable.Range(0, Draws).Average(_ => length.Draw(random).TotalSeconds);
        Assert.That(mean, Is.EqualTo(length.Mean.TotalSeconds).Within(3).Percent);
    }

    /// <summary>Sessions are laid end to end and met at random times: what is left of them then is what the distribution of the rest must give.</summary>
    [TestCaseSource(nameof(Lengths))]
    public void TheRestIsThatOfASessionMetUnderWay(SessionLength length)
    {
        SimulationRandom random = new(2);
        double[] ends = new double[Draws];
        for (int i = 0; i < Draws; i++)
            ends[i] = (i == 0 ? 0 : ends[i - 1]) + length.Draw(random).TotalSeconds;
        double[] met = [.. Enumerable.Range(0, Draws).Select(_ =>
        {
            double time = random.NextDouble() * ends[^1];
            int place = Array.BinarySearch(ends, time);
            return ends[place < 0 ? ~place : place] - time;
        })];
        Quantiles expected = Quantiles.Of(met), drawn = Quantiles.Of(Enumerable.Range(0, Draws).Select(_ => length.DrawRest(random).TotalSeconds));
        Assert.That(drawn.P50, Is.EqualTo(expected.P50).Within(4).Percent);
        Assert.That(drawn.P90, Is.EqualTo(expected.P90).Within(5).Percent);
    }

    [Test]
    public void MainlineHasThePublishedQuantiles()
    {
        SimulationRandom random = new(3);
        double[] minutes = [.. Enumerable.Range(0, Draws).Select(_ => SessionLength.Mainline.Draw(random).TotalMinutes).Order()];
        Assert.That(minutes[Draws / 2], Is.EqualTo(200).Within(3).Percent);
        Assert.That(minutes.Count(static length => length > 9000), Is.EqualTo(0.03 * Draws).Within(7).Percent);
    }

    [Test]
    public void NoTailIsLongerThanTimeCanBe()
    {
        SimulationRandom random = new(4);
        SessionLength endless = new SessionLength.LogNormal(TimeSpan.FromDays(1000), 50);
        Assert.That(Enumerable.Range(0, 1000).Max(_ => endless.DrawRest(random)), Is.EqualTo(TimeSpan.FromDays(3650)));
        Assert.That(() => new SessionLength.Weibull(TimeSpan.FromHours(1), 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new SessionLength.Exponential(TimeSpan.Zero), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
