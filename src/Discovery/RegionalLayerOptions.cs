namespace Discovery;

/// <summary>How the regional layer looks for peers that are near (<see cref="DiscoveryServiceBuilder.AddRegionalLayer"/>).</summary>
public sealed record RegionalLayerOptions
{
    /// <summary>The longest round-trip time of a peer that is near. Larger than 0; more than a minute counts as a minute. <value>Default 50 ms: about 3000 km of fibre. More finds more peers, and farther ones.</value></summary>
    public TimeSpan MaxRtt
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(MaxRtt));
            field = value < TimeSpan.FromMinutes(1) ? value : TimeSpan.FromMinutes(1);
        }
    } = TimeSpan.FromMilliseconds(50);

    /// <summary>The most peers that are asked for their neighbors in one search. At least 1. <value>Default 16. More finds more of a large region, at the cost of one or two datagrams each, and those to prove whom they name.</value></summary>
    public int MaxAsked
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxAsked));
            field = value;
        }
    } = 16;

    /// <summary>How many steps a search goes from the peers that are known: 1 asks those for their neighbors, 2 also the neighbors for theirs, and so on. At least 1.</summary>
    /// <value>Default 4. More leads nearer when all known peers are far.</value>
    public int MaxRounds
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxRounds));
            field = value;
        }
    } = 4;
}
