namespace Discovery.Simulation;

/// <summary>The latency models that come with the simulator.</summary>
public static class LatencyModel
{
    /// <summary>The Internet as Mainline nodes see it: quantiles 10/50/90/99 % of the round-trip time at 20/90/220/400 ms, 4 ms at least and 1 s at most, each pair with a place of its own in them.</summary>
    /// <param name="seed">Which pairs are near.</param>
    public static ILatencyModel Internet(ulong seed = 0) => Quantiles(seed, (0, 4), (0.1, 20), (0.5, 90), (0.9, 220), (0.99, 400), (1, 1000));

    /// <summary>The same round-trip time between all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public static ILatencyModel Constant(TimeSpan roundTrip)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(roundTrip, TimeSpan.Zero);
        return new QuantileLatency(0, [(0, roundTrip.TotalMilliseconds), (1, roundTrip.TotalMilliseconds)]);
    }

    /// <summary>Each pair draws its round-trip time, once and for all, from a distribution that is given by points of its quantile function, joined by straight lines in the logarithm.</summary>
    /// <param name="seed">Which pairs are near.</param>
    /// <param name="points">Pairs of (part of all pairs: 0 to 1, round-trip time in milliseconds), growing in both, the first at 0 and the last at 1.</param>
    /// <exception cref="ArgumentException">The points are not such a function.</exception>
    public static ILatencyModel Quantiles(ulong seed, params (double Part, double Milliseconds)[] points)
    {
        ArgumentNullException.ThrowIfNull(points);
        bool isFunction = points.Length >= 2 && points[0].Part == 0 && points[^1].Part == 1 && points[0].Milliseconds > 0;
        for (int i = 1; isFunction && i < points.Length; i++)
            isFunction = points[i].Part > points[i - 1].Part && points[i].Milliseconds >= points[i - 1].Milliseconds;
        return isFunction ? new QuantileLatency(seed, points) : throw new ArgumentException("A quantile function grows from part 0 to part 1, and its times are positive.", nameof(points));
    }

    private sealed class QuantileLatency : ILatencyModel
    {
        // The logarithm and the exponential once for each of these steps, not for each datagram.
        private const int Steps = 4096;

        private readonly ulong _seed;
        private readonly long[] _ticks = new long[Steps + 1];

        public QuantileLatency(ulong seed, (double Part, double Milliseconds)[] points)
        {
            _seed = seed;
            for (int step = 0, i = 1; step <= Steps; step++)
            {
                double part = (double)step / Steps;
                while (part > points[i].Part)
                    i++;
                double along = (part - points[i - 1].Part) / (points[i].Part - points[i - 1].Part);
                double milliseconds = points[i].Milliseconds == 0 ? 0 : points[i - 1].Milliseconds * Math.Pow(points[i].Milliseconds / points[i - 1].Milliseconds, along);
                _ticks[step] = (long)(milliseconds * TimeSpan.TicksPerMillisecond);
            }
        }

        public TimeSpan RoundTrip(in PeerEndPoint left, in PeerEndPoint right)
        {
            ulong pair = AddressHash.OfPair(left, right, _seed);
            int step = (int)(pair >> 52);
            long along = (long)(pair & 0xFFFF);
            return TimeSpan.FromTicks(_ticks[step] + ((_ticks[step + 1] - _ticks[step]) * along >> 16));
        }
    }
}
