using Discovery.Kademlia;
using Discovery.Peers;
using Discovery.Transports;

namespace Discovery.Layers;

/// <summary>What the regional layer needs of the service beside its context.</summary>
internal sealed record RegionalParts
{
    /// <summary>Gives the node, once the layer starts; the service owns it.</summary>
    public required Func<DhtNode> GetNode { get; init; }

    /// <summary>The known peers, and what was measured of them.</summary>
    public required PeerRegistry Registry { get; init; }

    /// <summary>Where this peer is among round-trip times.</summary>
    public required CoordinateTracker Coordinates { get; init; }

    /// <summary>Makes whoever is sighted prove its key, and measures it; null when it did not.</summary>
    public required Func<PeerSighting, CancellationToken, Task<PeerInfo?>> VerifyAsync { get; init; }

    /// <summary>Whether another layer joins the DHT and announces this peer there, under the topic of its region too.</summary>
    public required bool HasGlobalLayer { get; init; }

    /// <summary>Takes note of what an exchange that is over tells of a known peer. Whoever refused has answered, though not what tells a round trip.</summary>
    public void Note(in PeerId id, MemberQuery query, DateTimeOffset now)
    {
        if (query.Succeeded)
            Registry.Answer(id, query.Rtt, now, NetworkCoordinate.TryParse(query.Coordinate.Span, out NetworkCoordinate told) ? told : null);
        else if (query.ErrorCode == 0)
            Registry.Fail(id, now);
    }
}
