using Discovery.Kademlia;

namespace Discovery.Simulation.Dht;

/// <summary>Knows which nodes a lookup should have ended with.</summary>
/// <remarks>
/// Those count that are up during the whole lookup, can be reached by whoever asks, and have been there for long enough to be known. Of those who share a public address no table
/// holds more than one (BEP 42: an address is one party), so none of them counts. The others are not asked for, but whoever meets them may rightly end with them: they keep their rank
/// among the nearest.
/// </remarks>
internal sealed class GroundTruth
{
    /// <summary>After this time a node should be known to those around it.</summary>
    public static readonly TimeSpan KnownAfter = TimeSpan.FromMinutes(2);

    /// <summary>Lookups do not wait for those who are slower than nearly all others.</summary>
    public static readonly TimeSpan SlowestWaitedFor = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestLookup = TimeSpan.FromMinutes(2);

    private readonly DhtWorld _world;
    private readonly Queue<KademliaHost> _gone = [];

    public GroundTruth(DhtWorld world)
    {
        _world = world;
        world.Gone += _gone.Enqueue;
    }

    /// <summary>Compares a lookup that has just ended with the truth.</summary>
    /// <param name="asker">Who looked.</param>
    /// <param name="lookup">The lookup.</param>
    /// <param name="started">When it began.</param>
    /// <returns>How many nodes it should have ended with, and with how many of them it did.</returns>
    public (int Wanted, int Reached) Judge(KademliaHost asker, Lookup lookup, TimeSpan started)
    {
        // Who could be reached when it began is not who can be reached now; and to one who is slow himself all others are.
        if (started <= _world.SidesChangedAt || asker.SendDelay > SlowestWaitedFor)
            return (0, 0);
        while (_gone.TryPeek(out KademliaHost? gone) && gone.GoneAt < _world.Now - LongestLookup)
            _gone.Dequeue();
        List<KademliaHost> nearest = _world.Nodes.Closest(lookup.Target, RoutingTable.K, host => host != asker && _world.AreConnected(asker, host));
        nearest.AddRange(_gone.Where(host => host.GoneAt >= started));
        nearest.Sort((left, right) => lookup.Target.CompareDistance(left.Id, right.Id));
        HashSet<NodeId> found = [.. lookup.Responders.Select(static node => node.Id)];
        int wanted = 0, reached = 0;
        foreach (KademliaHost host in nearest.Take(RoutingTable.K))
        {
            if (!IsWanted(host, started))
                continue;
            wanted++;
            if (found.Contains(host.Id))
                reached++;
        }
        return (wanted, reached);
    }

    private static bool IsWanted(KademliaHost host, TimeSpan started) =>
        host.IsUp && host.IsReachable && host.Nat is not { IsShared: true } && host.SendDelay <= SlowestWaitedFor && (IsSettled(host) || host.KnownSince <= started - KnownAfter);

    /// <summary>Whether it is in tables from the start. Behind a NAT it is not reached before it has sent something.</summary>
    private static bool IsSettled(KademliaHost host) => host.KnownSince == DhtWorld.Epoch && host.Nat is null;
}
