using Discovery.Simulation;
using Discovery.Simulation.Engine;

namespace Discovery.Tests.Simulation.Network;

public sealed class LatencyModelTests
{
    private const int Hosts = 400;

    private static readonly ILatencyModel[] Models =
    [
        LatencyModel.Internet(),
        LatencyModel.Constant(TimeSpan.FromMilliseconds(20)),
        LatencyModel.Quantiles(7, (0, 1), (1, 100)),
        LatencyModel.Pareto(TimeSpan.FromMilliseconds(10), 1.5, TimeSpan.FromSeconds(2)),
        LatencyModel.LogNormal(TimeSpan.FromMilliseconds(90), 0.7),
        LatencyModel.Plane(TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(5)),
        LatencyModel.Regions(3),
    ];

    private static PeerEndPoint[] Addresses(ulong seed = 1)
    {
        SimulationRandom random = new(seed);
        return [.. Enumerable.Range(0, Hosts).Select(_ => new PeerEndPoint((uint)random.NextInt64(1L << 24, 224L << 24), (ushort)random.Next(1, 65536)))];
    }

    /// <summary>The round-trip times of all pairs in ms, shortest first.</summary>
    private static double[] All(ILatencyModel model)
    {
        PeerEndPoint[] hosts = Addresses();
        return [.. from i in Enumerable.Range(0, Hosts) from j in Enumerable.Range(0, i) let ms = model.RoundTrip(hosts[i], hosts[j]).TotalMilliseconds orderby ms select ms];
    }

    private static double At(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];

    [TestCaseSource(nameof(Models))]
    public void ItIsAFunctionOfTheTwoAddressesAlone(ILatencyModel model)
    {
        PeerEndPoint[] hosts = Addresses(5);
        for (int i = 1; i < Hosts; i++)
        {
            TimeSpan there = model.RoundTrip(hosts[i - 1], hosts[i]);
            Assert.That(there, Is.GreaterThanOrEqualTo(TimeSpan.Zero));
            Assert.That(model.RoundTrip(hosts[i], hosts[i - 1]), Is.EqualTo(there));
            Assert.That(model.RoundTrip(hosts[i - 1].WithPort(9), hosts[i].WithPort(7)), Is.EqualTo(there));
        }
        PeerEndPoint one = PeerEndPoint.Parse("[2001:db8::1]:1"), other = PeerEndPoint.Parse("[2001:db8::2]:1");
        Assert.That(model.RoundTrip(one, other), Is.EqualTo(model.RoundTrip(other, one)));
    }

    [TestCaseSource(nameof(Models))]
    public void ItSaysHowItIsMade(ILatencyModel model) => Assert.That(model.ToString(), Does.Match(@"^LatencyModel\.[A-Z][A-Za-z]+\(.*\)$"));

    [Test]
    public void TheInternetHasTheQuantilesThatWereMeasured()
    {
        double[] all = All(LatencyModel.Internet());
        Assert.That((all[0], all[^1]), Is.EqualTo((4.0, 1000.0)).Using<(double, double)>(static (left, right) => left.Item1 >= right.Item1 && left.Item2 <= right.Item2));
        foreach ((double part, double ms) in ((double, double)[])[(0.1, 20), (0.5, 90), (0.9, 220), (0.99, 400)])
            Assert.That(At(all, part), Is.EqualTo(ms).Within(5).Percent, $"{part}");
    }

    [Test]
    public void AnotherSeedIsAnotherInternet()
    {
        PeerEndPoint[] hosts = Addresses();
        foreach (Func<ulong, ILatencyModel> create in (Func<ulong, ILatencyModel>[])[LatencyModel.Internet, LatencyModel.Regions, static seed => LatencyModel.Plane(TimeSpan.FromSeconds(1), TimeSpan.Zero, seed)])
            Assert.That(Enumerable.Range(1, 50).Count(i => create(1).RoundTrip(hosts[0], hosts[i]) == create(2).RoundTrip(hosts[0], hosts[i])), Is.LessThan(5));
    }

    [Test]
    public void AParetoTailIsHeavy()
    {
        double[] all = All(LatencyModel.Pareto(TimeSpan.FromMilliseconds(20), 1.2, TimeSpan.FromSeconds(60)));
        Assert.That(all[0], Is.EqualTo(20).Within(0.1));
        foreach (double part in (double[])[0.1, 0.5, 0.9, 0.99])
            Assert.That(At(all, part), Is.EqualTo(20 * Math.Pow(1 - part, -1 / 1.2)).Within(6).Percent, $"{part}");
        Assert.That(all[^1], Is.InRange(2_000, 60_000));
    }

    [Test]
    public void AParetoTailEndsWhereItIsCutOff() =>
        Assert.That(All(LatencyModel.Pareto(TimeSpan.FromMilliseconds(20), 0.5, TimeSpan.FromMilliseconds(500))), Has.All.InRange(20, 500));

    [Test]
    public void LogNormalTimesHaveTheirQuantiles()
    {
        double[] all = All(LatencyModel.LogNormal(TimeSpan.FromMilliseconds(90), 0.7));
        // The quantiles of the standard normal distribution.
        foreach ((double part, double z) in ((double, double)[])[(0.01, -2.3263), (0.1, -1.2816), (0.5, 0), (0.9, 1.2816), (0.99, 2.3263)])
            Assert.That(At(all, part), Is.EqualTo(90 * Math.Exp(0.7 * z)).Within(4).Percent, $"{part}");
        Assert.That(All(LatencyModel.LogNormal(TimeSpan.FromMilliseconds(90), 0)), Has.All.EqualTo(90).Within(0.1));
    }

    [Test]
    public void OnAPlaneADetourIsNeverShorter()
    {
        ILatencyModel plane = LatencyModel.Plane(TimeSpan.FromMilliseconds(100), TimeSpan.Zero);
        PeerEndPoint[] hosts = Addresses();
        for (int i = 2; i < Hosts; i++)
            Assert.That(plane.RoundTrip(hosts[i], hosts[i - 2]), Is.LessThanOrEqualTo(plane.RoundTrip(hosts[i], hosts[i - 1]) + plane.RoundTrip(hosts[i - 1], hosts[i - 2]) + TimeSpan.FromTicks(1)));
        double[] all = All(plane);
        // The mean distance of two points of the unit square.
        Assert.That(all.Average(), Is.EqualTo(52.14).Within(2));
        Assert.That(all[^1], Is.InRange(100, 141.5));
        Assert.That(plane.RoundTrip(hosts[0], hosts[0].WithPort(1)), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void RegionsAreAsFarApartAsTheyAre()
    {
        double[] all = All(LatencyModel.Regions());
        Assert.That(At(all, 0.5), Is.InRange(90, 200));
        Assert.That(At(all, 0.1), Is.InRange(20, 50));
        Assert.That(At(all, 0.99), Is.InRange(300, 420));
        Assert.That(all[0], Is.GreaterThan(16));
    }

    [Test]
    public void WhoeverIsFarFromOneIsFarFromItsNeighbours()
    {
        ILatencyModel regions = LatencyModel.Regions();
        PeerEndPoint[] hosts = Addresses();
        PeerEndPoint[] near = [.. hosts.Where(host => regions.RoundTrip(hosts[0], host) < TimeSpan.FromMilliseconds(60))];
        Assert.That(near, Has.Length.GreaterThan(10));
        foreach (PeerEndPoint far in hosts.Where(host => regions.RoundTrip(hosts[0], host) > TimeSpan.FromMilliseconds(300)))
            Assert.That(near.Count(host => regions.RoundTrip(far, host) > TimeSpan.FromMilliseconds(150)) / (double)near.Length, Is.GreaterThan(0.9));
    }

    [Test]
    public void WhatMakesNoSenseIsRefused()
    {
        TimeSpan second = TimeSpan.FromSeconds(1);
        Assert.Multiple(() =>
        {
            Assert.That(() => LatencyModel.Constant(-second), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => LatencyModel.Quantiles(0, (0, 1)), Throws.ArgumentException);
            Assert.That(static () => LatencyModel.Quantiles(0, (0, 1), (0.5, 2)), Throws.ArgumentException);
            Assert.That(static () => LatencyModel.Quantiles(0, (0, 2), (1, 1)), Throws.ArgumentException);
            Assert.That(static () => LatencyModel.Quantiles(0, (0, 0), (1, 1)), Throws.ArgumentException);
            Assert.That(() => LatencyModel.Pareto(TimeSpan.Zero, 1, second), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => LatencyModel.Pareto(second, 0, second), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => LatencyModel.Pareto(second, 1, second / 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(static () => LatencyModel.LogNormal(TimeSpan.Zero, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => LatencyModel.LogNormal(second, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => LatencyModel.Plane(-second, second), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => LatencyModel.Plane(second, -second), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }
}
