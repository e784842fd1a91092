namespace Discovery.Simulation;

/// <summary>What a simulated network does to datagrams. All but <see cref="Latency"/> and <see cref="Jitter"/> is off by default.</summary>
public sealed record NetworkConditions
{
    /// <summary>The largest payload of UDP over IPv4 in an Ethernet frame: 1500 bytes less the headers.</summary>
    internal const int MaxDatagram = 1500 - Headers;

    /// <summary>The headers of IPv4 and UDP, which take their part of the line.</summary>
    internal const int Headers = 28;

    /// <summary>How far hosts are from each other.</summary>
    /// <value>Default <see cref="LatencyModel.Internet"/>.</value>
    public ILatencyModel Latency { get; init => field = Check.NotNull(value, nameof(Latency)); } = LatencyModel.Internet();

    /// <summary>The most by which a datagram's way is longer or shorter than usual, as a part of it: 0 to 1, evenly spread.</summary>
    /// <value>Default 0.1.</value>
    public double Jitter { get; init => field = Check.Part(value, nameof(Jitter)); } = 0.1;

    /// <summary>The probability that a datagram is lost, 0 to 1.</summary>
    /// <value>Default 0.</value>
    public double Loss { get; init => field = Check.Part(value, nameof(Loss)); }

    /// <summary>The probability that a datagram arrives twice, 0 to 1. The copy has a jitter and a delay of its own.</summary>
    /// <value>Default 0.</value>
    public double Duplication { get; init => field = Check.Part(value, nameof(Duplication)); }

    /// <summary>The probability that a datagram is held up, so that others overtake it: 0 to 1.</summary>
    /// <value>Default 0.</value>
    public double Reordering { get; init => field = Check.Part(value, nameof(Reordering)); }

    /// <summary>The longest time for which a datagram is held up; each draws a part of it.</summary>
    /// <value>0 to 1 hour. Default 100 ms.</value>
    public TimeSpan ReorderingDelay { get; init => field = Check.Within(value, TimeSpan.Zero, LatencyModel.Longest, nameof(ReorderingDelay)); } = TimeSpan.FromMilliseconds(100);

    /// <summary>What a host sends at most, in bytes per second with the headers of IPv4 and UDP: each datagram takes its time on the line, and waits for those before it.</summary>
    /// <value>Positive, or null for a line without limit. Default null.</value>
    public long? Upload { get; init => field = value is { } limit ? Check.Within(limit, 1, long.MaxValue, nameof(Upload)) : null; }

    /// <summary>What a host receives at most, in bytes per second with the headers of IPv4 and UDP.</summary>
    /// <value>Positive, or null for a line without limit. Default null.</value>
    public long? Download { get; init => field = value is { } limit ? Check.Within(limit, 1, long.MaxValue, nameof(Download)) : null; }

    /// <summary>How many bytes may wait for a line, each way; a datagram that finds the queue full is lost.</summary>
    /// <value>At least 0: nothing waits. Default 65536.</value>
    public int QueueSize { get; init => field = Check.Within(value, 0, int.MaxValue, nameof(QueueSize)); } = 65536;

    /// <summary>The largest datagram that arrives, without headers; larger ones are lost, as where fragments are dropped.</summary>
    /// <value>1 to 1472 bytes, the payload of an Ethernet frame. Default 1472.</value>
    public int LargestDatagram { get; init => field = Check.Within(value, 1, MaxDatagram, nameof(LargestDatagram)); } = MaxDatagram;

    /// <summary>The part of all ordered pairs of addresses between which nothing passes in that direction, 0 to 1: one hears the other, but is not heard.</summary>
    /// <value>Default 0. Which pairs these are follows from the addresses alone.</value>
    public double OneWay { get; init => field = Check.Part(value, nameof(OneWay)); }

    /// <summary>Whether there is anything but distance, jitter and loss: only then the simulator looks closer.</summary>
    internal bool IsShaped => Duplication > 0 || Reordering > 0 || Upload is not null || Download is not null || LargestDatagram < MaxDatagram || OneWay > 0;

    /// <summary>What <see cref="Latency"/> says, if it can be.</summary>
    internal TimeSpan RoundTrip(in PeerEndPoint left, in PeerEndPoint right)
    {
        TimeSpan time = Latency.RoundTrip(left, right);
        return (ulong)time.Ticks <= (ulong)LatencyModel.Longest.Ticks ? time : throw Impossible(Latency, time, left, right);
    }

    private static InvalidOperationException Impossible(ILatencyModel model, TimeSpan time, in PeerEndPoint left, in PeerEndPoint right) =>
        new($"The latency model {model} has a round trip between {left} and {right} take {time}; it must take 0 to 1 hour.");
}
