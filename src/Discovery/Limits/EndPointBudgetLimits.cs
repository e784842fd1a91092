namespace Discovery.Limits;

/// <summary>How fast this node may contact strangers: home routers fail when they must track too many remote addresses, and deployed nodes ban whoever asks too often.</summary>
public sealed record EndPointBudgetLimits
{
    /// <summary>Addresses not contacted lately that may be contacted per second, in the long run. Larger than 0.</summary>
    /// <value>Default 50. Lower values slow down lookups; higher ones may exhaust the connection tracking of a home router.</value>
    public double NewAddressesPerSecond { get; init; } = 50;

    /// <summary>New addresses that may be contacted at once after a quiet time. At least 1.</summary>
    /// <value>Default 200: a handful of lookups.</value>
    public int NewAddressBurst { get; init; } = 200;

    /// <summary>Queries to one address in any second: 1 to 8.</summary>
    /// <value>Default 5: deployed nodes ban above 50 in 10 seconds.</value>
    public int QueriesPerAddressPerSecond { get; init; } = 5;

    /// <summary>How long an address counts as known after the last query to it.</summary>
    /// <value>Default 3 minutes: as long as routers commonly remember a UDP flow.</value>
    public TimeSpan Memory { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Addresses remembered at a time; the least recently contacted is forgotten first and then counts as new. At least 1; about 80 bytes each, allocated as needed.</summary>
    /// <value>Default 4096.</value>
    public int MaxAddresses { get; init; } = 4096;
}
