using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>How an <see cref="InMemoryNetwork"/> treats the datagrams entrusted to it.</summary>
public sealed record InMemoryNetworkOptions
{
    /// <summary>The time a datagram travels, one way. One tick is the least: nothing arrives in the moment it is sent.</summary>
    /// <value>Default 1 ms.</value>
    public TimeSpan Latency
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMilliseconds(1);

    /// <summary>The time from one end point (first argument) to another (second), instead of <see cref="Latency"/>. It must be a pure function.</summary>
    /// <value>Default null: <see cref="Latency"/> between all.</value>
    public Func<PeerEndPoint, PeerEndPoint, TimeSpan>? LatencyBetween { get; init; }

    /// <summary>The most that chance adds to the latency of each datagram, evenly spread from zero. More than zero lets datagrams overtake each other.</summary>
    /// <value>Default zero.</value>
    public TimeSpan Jitter
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    }

    /// <summary>The probability that a datagram is lost, 0 to 1.</summary>
    /// <value>Default 0.</value>
    public double Loss
    {
        get;
        init => field = Probability(value);
    }

    /// <summary>The probability that a datagram arrives twice, 0 to 1.</summary>
    /// <value>Default 0.</value>
    public double Duplication
    {
        get;
        init => field = Probability(value);
    }

    /// <summary>Where exceptions out of receivers are reported.</summary>
    /// <value>Default null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; init; }

    private static double Probability(double value) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A probability lies between 0 and 1.");
}
