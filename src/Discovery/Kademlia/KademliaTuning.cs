namespace Discovery.Kademlia;

/// <summary>How a node searches. The defaults are the best known; the others exist to be compared with them.</summary>
internal sealed record KademliaTuning
{
    public static readonly KademliaTuning Default = new();

    /// <summary>Kademlia as the paper and BEP 5 have it: 3 queries in flight, 2 s for each answer, 8 nodes in every bucket, nobody asked twice.</summary>
    public static readonly KademliaTuning Plain = new() { Alpha = 3, Timeout = TimeSpan.FromSeconds(2), HasLargeBuckets = false, ChoosesEntries = false, RepeatsStalled = false };

    /// <summary>Queries in flight among the nearest unfinished.</summary>
    public int Alpha { get; init; } = 5;

    /// <summary>The time after which a query has failed; null for one that follows the round trips seen.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether the four farthest buckets are larger than k.</summary>
    public bool HasLargeBuckets { get; init; } = true;

    /// <summary>Whether a full bucket gives the place of a node that answers to one that spreads the ids better or is faster; otherwise the oldest stay.</summary>
    public bool ChoosesEntries { get; init; } = true;

    /// <summary>Whether one of the nearest that does not answer in time is asked once more.</summary>
    public bool RepeatsStalled { get; init; } = true;

    /// <summary>Whether ids that are bound to their address (BEP 42) go before others.</summary>
    public bool PrefersBoundIds { get; init; } = true;

    /// <summary>Whether one address and one subnet get but a small part of a table, and one query in a walk.</summary>
    public bool LimitsSubnets { get; init; } = true;

    /// <summary>Whether what is stored goes farther than the k nearest when they lie too dense.</summary>
    public bool SpreadsStores { get; init; } = true;

    /// <summary>Whether a walk passes over those who were named by nodes whose other advice was bad.</summary>
    public bool JudgesSources { get; init; } = true;

    /// <summary>Whether a search that a crowd around its target may have misled goes on beside it.</summary>
    public bool ChecksDensity { get; init; } = true;
}
