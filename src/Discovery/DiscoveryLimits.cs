using Discovery.Limits;

namespace Discovery;

/// <summary>Bounds on what strangers can make this peer keep or do.</summary>
public sealed record DiscoveryLimits
{
    /// <summary>The most verified peers that are remembered; the worst goes first. At least 1; about 2 KiB each. <value>Default 4096.</value></summary>
    public int MaxPeers { get; init => field = Positive(value, nameof(MaxPeers)); } = 4096;

    /// <summary>The most sightings that are proven at the same time. At least 1. The layers share them: one alone gets half, so that many dead end points of one hold up no other.</summary>
    /// <value>Default 64: a dead end point holds its place for seconds, and twenty of them must not hold up a search. Less makes smaller bursts of traffic.</value>
    public int MaxConcurrentIdentifications { get; init => field = Positive(value, nameof(MaxConcurrentIdentifications)); } = 64;

    /// <summary>The most peers that are measured in one <see cref="DiscoveryTiming.SampleInterval"/>, however many are known. At least 1. <value>Default 1000: at most 33 pings a second.</value></summary>
    public int MaxSamplesPerRound { get; init => field = Positive(value, nameof(MaxSamplesPerRound)); } = 1000;

    /// <summary>How many datagrams one source may send before it is dropped and banned. <value>Null switches the defence off, as benchmarks do.</value></summary>
    public FloodLimits? Flood { get; init; } = new();

    /// <summary>How fast strangers are contacted. <value>Null switches the budget off, as benchmarks do: deployed nodes ban who asks too often.</value></summary>
    public EndPointBudgetLimits? Budget { get; init; } = new();

    private static int Positive(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }
}
