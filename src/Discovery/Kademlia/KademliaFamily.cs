using Discovery.Diagnostics;

namespace Discovery.Kademlia;

/// <summary>What a node knows of one address family: BEP 32 makes it a node of two networks.</summary>
internal sealed class KademliaFamily(bool ipv4, NodeId id, KademliaOptions options, Random random)
{
    private readonly byte[] _id = id.ToArray();
    private int _reportedSize;

    public bool IsIPv4 { get; } = ipv4;

    public RoutingTable Table { get; } = new(id, options.Table, options.Tuning);

    /// <summary>Our id as messages carry it.</summary>
    public ReadOnlySpan<byte> IdBytes => _id;

    public NodeId Id => Table.Own;

    public ExternalAddress External { get; } = new();

    public NetworkSizeEstimator Size { get; } = new();

    public StallTimeout Stall { get; } = new();

    public BootstrapRetry Retry { get; } = new(options.Bootstrap, random);

    /// <summary>Hosts that are asked for first contacts and never inserted; with the id of each that has answered, and zero for the others.</summary>
    public Dictionary<PeerEndPoint, NodeId> Routers { get; } = [];

    /// <summary>Nodes of an earlier run, to be asked before any router.</summary>
    public List<SnapshotNode> Remembered { get; } = [];

    /// <summary>Nodes that nodes of the other family named since the last attempt to join.</summary>
    public List<SnapshotNode> Named { get; } = [];

    /// <summary>Whether any was ever named.</summary>
    public bool HasBeenNamed { get; set; }

    public bool IsBootstrapping { get; set; }

    /// <summary>Whether anybody has answered since nodes of an earlier run were named: they have served when the next look round is over.</summary>
    public bool HasJoined { get; set; }

    public TimeSpan NextSelfLookup { get; set; }

    /// <summary>When strangers are called on next; zero before that has been decided.</summary>
    public TimeSpan NextCall { get; set; }

    /// <summary>From when on a lost node that answers again is a reason to look round.</summary>
    public TimeSpan NextReunion { get; set; }

    /// <summary>Whether the walks that begin at <see cref="NextSelfLookup"/> are under way.</summary>
    public bool IsLookingRound { get; set; }

    public TimeSpan LastReceived { get; set; } = TimeSpan.MinValue;

    /// <summary>Whether only this machine can reach the node.</summary>
    public bool IsOnLoopback { get; set; }

    /// <summary>Whether strangers can reach the node.</summary>
    public Reachability Reachability { get; } = new();

    /// <summary>When somebody asked to whom no way had been opened: nothing on the way keeps strangers out.</summary>
    public TimeSpan LastUnsolicited { get; set; } = TimeSpan.MinValue;

    /// <summary>Brings the size metric up to date.</summary>
    public void ReportSize() => ReportSize(Table.Count);

    /// <summary>Takes this table out of the size metric.</summary>
    public void ForgetSize() => ReportSize(0);

    private void ReportSize(int size)
    {
        if (size == _reportedSize)
            return;
        DiscoveryMetrics.TableSize.Add(size - _reportedSize, new KeyValuePair<string, object?>("family", IsIPv4 ? "ipv4" : "ipv6"));
        _reportedSize = size;
    }

    /// <summary>See <see cref="KademliaNode.Prefetch"/>.</summary>
    public long Prefetch() => Table.Count + Stall.Current.Ticks + (External.Current is null ? 0 : 1) + (Retry.NextAttempt is null ? 0 : 1);

    public void ChangeId(in NodeId id)
    {
        Table.ChangeOwn(id);
        id.TryFormat(_id);
    }
}
