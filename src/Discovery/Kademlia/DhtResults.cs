namespace Discovery.Kademlia;

/// <summary>What a walk through the DHT did.</summary>
/// <param name="Queried">Queries sent.</param>
/// <param name="Answered">Answers received.</param>
/// <param name="TimedOut">Nodes given up.</param>
/// <param name="Errors">Refusals by KRPC error code.</param>
/// <param name="Hops">The number of steps from the own table to the nearest nodes.</param>
/// <param name="Elapsed">From the first query to the end.</param>
public sealed record DhtStatistics(int Queried, int Answered, int TimedOut, IReadOnlyDictionary<int, int> Errors, int Hops, TimeSpan Elapsed)
{
    /// <summary>Nothing was asked.</summary>
    public static DhtStatistics None { get; } = new(0, 0, 0, new Dictionary<int, int>(), 0, TimeSpan.Zero);

    /// <summary>Both together: the counts are added, the longer time and way stand.</summary>
    public static DhtStatistics operator +(DhtStatistics left, DhtStatistics right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        Dictionary<int, int> errors = new(left.Errors);
        foreach ((int code, int count) in right.Errors)
            errors[code] = errors.GetValueOrDefault(code) + count;
        return new(left.Queried + right.Queried, left.Answered + right.Answered, left.TimedOut + right.TimedOut, errors,
            Math.Max(left.Hops, right.Hops), left.Elapsed > right.Elapsed ? left.Elapsed : right.Elapsed);
    }
}

/// <summary>A node of the DHT.</summary>
/// <param name="Id">Its id.</param>
/// <param name="EndPoint">Where it is.</param>
public readonly record struct DhtContact(NodeId Id, PeerEndPoint EndPoint);

/// <summary>The answer to a ping.</summary>
/// <param name="Id">The node's id.</param>
/// <param name="Rtt">The round-trip time; null when only a repeated query was answered, which cannot be timed.</param>
public sealed record DhtPing(NodeId Id, TimeSpan? Rtt);

/// <summary>The nodes nearest to a target.</summary>
/// <param name="Nodes">Those that answered, nearest first, at most 8 of each address family.</param>
/// <param name="Statistics">What it took.</param>
public sealed record DhtNodes(IReadOnlyList<DhtContact> Nodes, DhtStatistics Statistics);

/// <summary>What became of something that should be stored: an announcement or an item.</summary>
/// <param name="Target">Where it belongs.</param>
/// <param name="Asked">Nodes asked to store it.</param>
/// <param name="Acknowledged">Nodes that did.</param>
/// <param name="Statistics">What it took; <see cref="DhtStatistics.Errors"/> tells the refusals.</param>
public sealed record DhtStored(NodeId Target, int Asked, int Acknowledged, DhtStatistics Statistics);

/// <summary>The answer to a search for an item.</summary>
/// <param name="Item">The item with the highest sequence number; null when nobody had one.</param>
/// <param name="Forged">Answers that did not belong to the target or were not signed by the key.</param>
/// <param name="Statistics">What it took.</param>
public sealed record DhtItem(FoundItem? Item, int Forged, DhtStatistics Statistics);

/// <summary>A sample of what the nodes on a walk hold (BEP 51).</summary>
/// <param name="InfoHashes">Info-hashes, each once.</param>
/// <param name="Held">The sum of the numbers that the nodes say they hold.</param>
/// <param name="Statistics">What it took.</param>
public sealed record DhtSamples(IReadOnlyCollection<NodeId> InfoHashes, long Held, DhtStatistics Statistics);
