using System.Runtime.InteropServices;
using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation.Invariants;

/// <summary>Who was where, under which id, and when: only what stands here can have answered anybody.</summary>
internal sealed class IdentityLedger
{
    /// <summary>An answer may be so long on its way after its sender has gone.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromSeconds(20);

    private readonly record struct Identity(KademliaHost Host, NodeId Id, TimeSpan Since, TimeSpan Until);

    private readonly DhtWorld _world;
    private readonly Dictionary<PeerEndPoint, List<Identity>> _identities = [];
    private readonly HashSet<PeerEndPoint> _others = [];
    private int _hosts;

    public IdentityLedger(DhtWorld world)
    {
        _world = world;
        foreach (KademliaHost host in world.Internet.Hosts.OfType<KademliaHost>())
        {
            // What it did before the simulation began is not known, only that it is so no more.
            Note(host, TimeSpan.Zero);
            if (!host.IsUp)
                End(host, host.Id, host.GoneAt);
        }
        world.Joined += host => Note(host, host.BornAt);
        world.Gone += host => End(host, host.Id, world.Now);
        world.Renamed += (host, former) =>
        {
            End(host, former, world.Now);
            Note(host, world.Now);
        };
    }

    /// <summary>Whether something else than the library's node is or was there, which may have called itself anything.</summary>
    public bool IsOther(in PeerEndPoint endPoint)
    {
        for (; _hosts < _world.Internet.Hosts.Count; _hosts++)
            if (_world.Internet.Hosts[_hosts] is not KademliaHost)
                _others.Add(_world.Internet.Hosts[_hosts].EndPoint);
        return _others.Contains(endPoint);
    }

    /// <summary>Whether a node of that id was there.</summary>
    public bool WasThere(in PeerEndPoint endPoint, in NodeId id)
    {
        foreach (ref readonly Identity identity in Find(endPoint))
            if (identity.Id == id)
                return true;
        return false;
    }

    /// <summary>Whether a node of that id was there at that time.</summary>
    public bool WasThere(in PeerEndPoint endPoint, in NodeId id, TimeSpan time)
    {
        foreach (ref readonly Identity identity in Find(endPoint))
            if (identity.Id == id && identity.Since <= time + TableEntry.TimeResolution && (identity.Until == TimeSpan.MaxValue || time <= identity.Until + LongestWay))
                return true;
        return false;
    }

    /// <summary>Behind a NAT a host may be seen at any port.</summary>
    private static PeerEndPoint Key(KademliaHost host) => host.Nat is null ? host.EndPoint : host.OutsideAddress;

    private ReadOnlySpan<Identity> Find(in PeerEndPoint endPoint) =>
        CollectionsMarshal.AsSpan(_identities.TryGetValue(endPoint, out List<Identity>? there) || _identities.TryGetValue(endPoint.AddressKey, out there) ? there : null);

    private void Note(KademliaHost host, TimeSpan since)
    {
        if (!_identities.TryGetValue(Key(host), out List<Identity>? there))
            _identities.Add(Key(host), there = new(1));
        there.Add(new(host, host.Id, since, TimeSpan.MaxValue));
    }

    private void End(KademliaHost host, NodeId id, TimeSpan now)
    {
        List<Identity> there = _identities[Key(host)];
        int index = there.FindIndex(identity => identity.Host == host && identity.Id == id);
        there[index] = there[index] with { Until = now };
    }
}
