namespace Discovery.Simulation;

/// <summary>Each pair draws its round-trip time, once and for all, from one distribution.</summary>
internal sealed class QuantileLatency : ILatencyModel
{
    // The logarithm and the exponential once for each of these steps, not for each datagram.
    private const int Steps = 4096;

    private readonly ulong _seed;
    private readonly string _code;
    private readonly long[] _ticks = new long[Steps + 1];

    /// <param name="seed">Which pairs are near.</param>
    /// <param name="quantile">The round-trip time in milliseconds that so large a part of all pairs, 0 to 1, does not exceed.</param>
    /// <param name="code">The expression that makes it.</param>
    public QuantileLatency(ulong seed, Func<double, double> quantile, string code)
    {
        (_seed, _code) = (seed, code);
        for (int step = 0; step <= Steps; step++)
            _ticks[step] = (long)Math.Min(quantile((double)step / Steps) * TimeSpan.TicksPerMillisecond, LatencyModel.Longest.Ticks);
    }

    public QuantileLatency(ulong seed, (double Part, double Milliseconds)[] points, string code) : this(seed, part => Interpolate(points, part), code) { }

    public TimeSpan RoundTrip(in PeerEndPoint left, in PeerEndPoint right)
    {
        ulong pair = AddressHash.OfPair(left, right, _seed);
        int step = (int)(pair >> 52);
        long along = (long)(pair & 0xFFFF);
        return TimeSpan.FromTicks(_ticks[step] + ((_ticks[step + 1] - _ticks[step]) * along >> 16));
    }

    public override string ToString() => _code;

    /// <summary>The value of a function that is given by points, joined by straight lines in the logarithm.</summary>
    public static double Interpolate(ReadOnlySpan<(double At, double Value)> points, double at)
    {
        int i = 1;
        while (at > points[i].At)
            i++;
        return points[i - 1].Value * Math.Pow(points[i].Value / points[i - 1].Value, (at - points[i - 1].At) / (points[i].At - points[i - 1].At));
    }
}
