namespace Discovery.Simulation;

/// <summary>What a simulated network does to datagrams.</summary>
public sealed record NetworkConditions
{
    /// <summary>How far hosts are from each other.</summary>
    /// <value>Default <see cref="LatencyModel.Internet"/>.</value>
    public ILatencyModel Latency { get; init; } = LatencyModel.Internet();

    /// <summary>The most by which a datagram's way is longer or shorter than usual, as a part of it: 0 to 1, evenly spread.</summary>
    /// <value>Default 0.1.</value>
    public double Jitter { get; init => field = Part(value); } = 0.1;

    /// <summary>The probability that a datagram is lost, 0 to 1.</summary>
    /// <value>Default 0.</value>
    public double Loss { get; init => field = Part(value); }

    private static double Part(double value) => value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A value from 0 to 1 is wanted.");
}
