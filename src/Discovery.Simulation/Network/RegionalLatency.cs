namespace Discovery.Simulation;

/// <summary>Regions of the world, and a line to each subscriber.</summary>
internal sealed class RegionalLatency : ILatencyModel
{
    private const int Places = 256;

    /// <summary>Median round-trip times in ms (learn.microsoft.com/azure/networking/azure-network-latency, 30 days to 29 June 2025); on the diagonal that of two cities within the region,
    /// where the table has them. The part of all subscribers, which is an assumption, is counted in a hundred.</summary>
    private static readonly (string City, int Part, int[] Milliseconds)[] World =
    [
        ("West US", 6, [25]),
        ("East US", 11, [70, 20]),
        ("Brazil South", 7, [178, 119, 20]),
        ("West Europe", 28, [154, 86, 188, 16]),
        ("Poland Central", 22, [170, 104, 203, 23, 17]),
        ("South Africa North", 3, [277, 219, 319, 164, 178, 20]),
        ("Central India", 7, [230, 241, 340, 150, 162, 275, 22]),
        ("Japan East", 7, [107, 165, 271, 235, 248, 356, 125, 30]),
        ("Southeast Asia", 7, [171, 223, 335, 161, 173, 292, 58, 73, 36]),
        ("Australia East", 2, [141, 201, 305, 250, 263, 385, 152, 104, 94, 16]),
    ];

    /// <summary>What a subscriber's line adds to the round trip, in ms.</summary>
    private static readonly (double, double)[] Line = [(0, 1), (0.1, 4), (0.5, 8), (0.9, 18), (0.99, 60), (1, 150)];

    private readonly ulong _seed;
    private readonly byte[] _region = new byte[Places];
    private readonly long[] _line = new long[Places];
    private readonly long[,] _between = new long[World.Length, World.Length];

    public RegionalLatency(ulong seed)
    {
        _seed = seed;
        for (int place = 0, region = 0, upTo = World[0].Part; place < Places; place++)
        {
            if ((place + 0.5) * 100 / Places > upTo)
                upTo += World[++region].Part;
            _region[place] = (byte)region;
            _line[place] = (long)(QuantileLatency.Interpolate(Line, (place + 0.5) / Places) * TimeSpan.TicksPerMillisecond);
        }
        for (int left = 0; left < World.Length; left++)
            for (int right = 0; right <= left; right++)
                _between[left, right] = _between[right, left] = World[left].Milliseconds[right] * TimeSpan.TicksPerMillisecond;
    }

    public TimeSpan RoundTrip(in PeerEndPoint left, in PeerEndPoint right)
    {
        ulong a = AddressHash.Of(left, _seed), b = AddressHash.Of(right, _seed);
        return TimeSpan.FromTicks(_between[_region[(byte)a], _region[(byte)b]] + _line[(byte)(a >> 8)] + _line[(byte)(b >> 8)]);
    }

    public override string ToString() => Code.Call(nameof(LatencyModel.Regions), Code.Of(_seed));
}
