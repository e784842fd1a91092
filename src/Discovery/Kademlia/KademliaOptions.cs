using Discovery.Limits;

namespace Discovery.Kademlia;

/// <summary>How a DHT node behaves. Every bound is a bound on what strangers can make it keep or do.</summary>
public sealed record KademliaOptions
{
    /// <summary>Whether the node asks but never answers, and so is in nobody's table (BEP 43). <value>Default false. Suits phones and nodes behind a firewall.</value></summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether the network is the public one, on which loopback and private addresses are refused wherever they appear. <value>Default false.</value></summary>
    public bool IsPublic { get; init; }

    /// <summary>How often one node of the table is asked whether it still lives: the idle traffic. <value>Default 5 s: at most one query and one answer.</value></summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a node is left in peace after it was last heard of. <value>Default 60 s. A table of n nodes goes round in max(this, n × <see cref="RefreshInterval"/>).</value></summary>
    public TimeSpan RefreshAge { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the own neighbourhood is walked. <value>Default 15 min (BEP 5), ±10 % jitter.</value></summary>
    public TimeSpan SelfLookupInterval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a node that asked us something must be silent before it is asked in turn. <value>Default 3 min: by then many are gone, and most NATs have forgotten that they
    /// let us in (RFC 4787, REQ-5: not before 2 min). A nearly empty table does not wait, nor do those who would be among the nearest; they are asked once more.</value></summary>
    public TimeSpan VerifyDelay { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>When a query is given up for good. <value>Default 10 s. Lookups do not wait for it: they go on at the adaptive stall time.</value></summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much of the table one network may hold.</summary>
    public RoutingTableLimits Table { get; init; } = new();

    /// <summary>What is kept of announcements.</summary>
    public PeerStoreLimits PeerStore { get; init; } = new();

    /// <summary>What is kept of BEP 44 items.</summary>
    public ItemStoreLimits ItemStore { get; init; } = new();

    /// <summary>How many queries one address may send. <value>Null switches the defence off, as benchmarks do.</value></summary>
    public FloodLimits? Flood { get; init; } = new();

    /// <summary>How many strangers may be asked per second, and how often each. Loopback addresses are exempt. <value>Null switches the budget off.</value></summary>
    public EndPointBudgetLimits? Budget { get; init; } = new();

    /// <summary>When first contacts are tried again.</summary>
    public BootstrapRetryOptions Bootstrap { get; init; } = new();

    /// <summary>How it searches; for comparisons.</summary>
    internal KademliaTuning Tuning { get; init; } = KademliaTuning.Default;
}
