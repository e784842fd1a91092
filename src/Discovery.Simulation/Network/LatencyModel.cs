namespace Discovery.Simulation;

/// <summary>The latency models that come with the simulator. Each is a pure function of the addresses and the seed.</summary>
public static class LatencyModel
{
    /// <summary>No round trip takes longer: what comes later is as good as lost.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private static readonly (double, double)[] InternetPoints = [(0, 4), (0.1, 20), (0.5, 90), (0.9, 220), (0.99, 400), (1, 1000)];

    /// <summary>The Internet as Mainline nodes see it: quantiles 10/50/90/99 % of the round-trip time at 20/90/220/400 ms, 4 ms at least and 1 s at most, each pair with a place of its own in them.</summary>
    /// <param name="seed">Which pairs are near.</param>
    public static ILatencyModel Internet(ulong seed = 0) => new QuantileLatency(seed, InternetPoints, Code.Call(nameof(Internet), Code.Of(seed)));

    /// <summary>The same round-trip time between all.</summary>
    /// <param name="roundTrip">0 to 1 hour.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not within its range.</exception>
    public static ILatencyModel Constant(TimeSpan roundTrip)
    {
        Check.Within(roundTrip, TimeSpan.Zero, Longest);
        return new QuantileLatency(0, _ => roundTrip.TotalMilliseconds, Code.Call(nameof(Constant), Code.Of(roundTrip)));
    }

    /// <summary>Each pair draws its round-trip time, once and for all, from a distribution that is given by points of its quantile function, joined by straight lines in the logarithm.</summary>
    /// <param name="seed">Which pairs are near.</param>
    /// <param name="points">Pairs of (part of all pairs: 0 to 1, round-trip time in milliseconds), growing in both, the first at 0 and the last at 1; no time longer than an hour.</param>
    /// <exception cref="ArgumentException">The points are not such a function.</exception>
    /// <exception cref="ArgumentNullException">There are none.</exception>
    public static ILatencyModel Quantiles(ulong seed, params (double Part, double Milliseconds)[] points)
    {
        Check.NotNull(points);
        bool isFunction = points.Length >= 2 && points[0].Part == 0 && points[^1].Part == 1 && points[0].Milliseconds > 0 && points[^1].Milliseconds <= Longest.TotalMilliseconds;
        for (int i = 1; isFunction && i < points.Length; i++)
            isFunction = points[i].Part > points[i - 1].Part && points[i].Milliseconds >= points[i - 1].Milliseconds;
        return isFunction
            ? new QuantileLatency(seed, points, Code.Call(nameof(Quantiles), [Code.Of(seed), .. points.Select(static point => $"({Code.Of(point.Part)}, {Code.Of(point.Milliseconds)})")]))
            : throw new ArgumentException("A quantile function grows from part 0 to part 1, and its times are positive and an hour at most.", nameof(points));
    }

    /// <summary>A heavy tail: each pair draws its round-trip time, once and for all, from a Pareto distribution that is cut off at its end.</summary>
    /// <param name="least">The shortest time, which is also the likeliest: longer than zero.</param>
    /// <param name="shape">How fast the tail falls: the probability of twice the time is 2^-shape as large. Below 2 the variance, below 1 the mean is the cut-off's alone. 0.01 to 100.</param>
    /// <param name="most">The longest time: 1 hour at most.</param>
    /// <param name="seed">Which pairs are near.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not within its range, or the longest time is below the shortest.</exception>
    public static ILatencyModel Pareto(TimeSpan least, double shape, TimeSpan most, ulong seed = 0)
    {
        Check.Within(least, Tick, Longest);
        Check.Within(shape, 0.01, 100);
        Check.Within(most, least, Longest);
        double rest = 1 - Math.Pow(least / most, shape);
        return new QuantileLatency(seed, part => least.TotalMilliseconds * Math.Pow(1 - part * rest, -1 / shape), Code.Call(nameof(Pareto), Code.Of(least), Code.Of(shape), Code.Of(most), Code.Of(seed)));
    }

    /// <summary>Each pair draws its round-trip time, once and for all, from a log-normal distribution; what is rarer than one pair in eight thousand is as long as that one, and nothing longer than an hour.</summary>
    /// <param name="median">The median: longer than zero, 1 hour at most.</param>
    /// <param name="sigma">The standard deviation of the logarithm: at 0.7 nine in ten are below 2.5 times the median, at 1 below 3.6 times. 0 to 10.</param>
    /// <param name="seed">Which pairs are near.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not within its range.</exception>
    public static ILatencyModel LogNormal(TimeSpan median, double sigma, ulong seed = 0)
    {
        Check.Within(median, Tick, Longest);
        Check.Within(sigma, 0, 10);
        return new QuantileLatency(seed, part => median.TotalMilliseconds * Math.Exp(sigma * NormalQuantile(part)), Code.Call(nameof(LogNormal), Code.Of(median), Code.Of(sigma), Code.Of(seed)));
    }

    /// <summary>Every address has a place on a square, and what is near to two is near to each other, as in the real world: the round-trip time grows with the distance.</summary>
    /// <param name="side">The round-trip time along a side of the square: 0 to 1 hour.</param>
    /// <param name="least">What every exchange takes, however near: 0 to 1 hour. Both together take an hour at most.</param>
    /// <param name="seed">Where the places are.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is not within its range.</exception>
    public static ILatencyModel Plane(TimeSpan side, TimeSpan least, ulong seed = 0)
    {
        Check.Within(side, TimeSpan.Zero, Longest);
        Check.Within(least, TimeSpan.Zero, Longest);
        return new PlaneLatency(side, least, seed);
    }

    /// <summary>Ten regions of the world with the median round-trip times measured between them, and a line to each subscriber: whoever is far from one is far from its neighbours too.</summary>
    /// <remarks>
    /// Between the regions: the monthly medians that Microsoft publishes for its network (learn.microsoft.com/azure/networking/azure-network-latency, June 2025). Neither how many
    /// are in which region (Europe half, Asia a fifth, North America 17 %) nor what the lines add (4, 8, 18 and 60 ms at 10, 50, 90 and 99 % of the subscribers) are measurements.
    /// </remarks>
    /// <param name="seed">Who is where.</param>
    public static ILatencyModel Regions(ulong seed = 0) => new RegionalLatency(seed);

    /// <summary>The quantile function of the normal distribution, to 0.0005 (Abramowitz and Stegun, 26.2.23).</summary>
    private static double NormalQuantile(double part)
    {
        double tail = Math.Max(Math.Min(part, 1 - part), 1.0 / 8192);
        double t = Math.Sqrt(-2 * Math.Log(tail));
        double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
        return part < 0.5 ? -z : z;
    }
}
