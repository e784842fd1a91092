using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation.Invariants;

/// <summary>Who was where, under which id, and when: only what stands here can have answered anybody.</summary>
internal sealed class IdentityLedger
{
    /// <summary>An answer may be so long on its way after its sender has gone.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromSeconds(20);

    private readonly record struct Identity(KademliaHost Host, NodeId Id, TimeSpan Since, TimeSpan Until)
    {
        public bool WasThere(TimeSpan time) => Since <= time + TableEntry.TimeResolution && (Until == TimeSpan.MaxValue || time <= Until + LongestWay);
    }

    /// <summary>Who was at one place. It is commonly one alone, who stands here: every entry of every table is looked up.</summary>
    private struct Place
    {
        public Identity First;
        public List<Identity>? Others;
    }

    private readonly DhtWorld _world;
    private readonly Dictionary<PeerEndPoint, Place> _places = [];
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
        ref Place place = ref Find(endPoint);
        if (Unsafe.IsNullRef(in place))
            return false;
        if (place.First.Id == id)
            return true;
        foreach (ref readonly Identity other in CollectionsMarshal.AsSpan(place.Others))
            if (other.Id == id)
                return true;
        return false;
    }

    /// <summary>Whether a node of that id was there at that time.</summary>
    public bool WasThere(in PeerEndPoint endPoint, in NodeId id, TimeSpan time)
    {
        ref Place place = ref Find(endPoint);
        if (Unsafe.IsNullRef(in place))
            return false;
        if (place.First.Id == id && place.First.WasThere(time))
            return true;
        foreach (ref readonly Identity other in CollectionsMarshal.AsSpan(place.Others))
            if (other.Id == id && other.WasThere(time))
                return true;
        return false;
    }

    /// <summary>Behind a NAT a host may be seen at any port.</summary>
    private static PeerEndPoint Key(KademliaHost host) => host.Nat is null ? host.EndPoint : host.OutsideAddress;

    private ref Place Find(in PeerEndPoint endPoint)
    {
        ref Place there = ref CollectionsMarshal.GetValueRefOrNullRef(_places, endPoint);
        if (Unsafe.IsNullRef(in there))
            there = ref CollectionsMarshal.GetValueRefOrNullRef(_places, endPoint.AddressKey);
        return ref there;
    }

    private void Note(KademliaHost host, TimeSpan since)
    {
        ref Place place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, Key(host), out bool exists);
        Identity identity = new(host, host.Id, since, TimeSpan.MaxValue);
        if (exists)
            (place.Others ??= []).Add(identity);
        else
            place.First = identity;
    }

    private void End(KademliaHost host, NodeId id, TimeSpan now)
    {
        ref Place place = ref CollectionsMarshal.GetValueRefOrNullRef(_places, Key(host));
        if (place.First.Host == host && place.First.Id == id)
        {
            place.First = place.First with { Until = now };
            return;
        }
        int index = place.Others!.FindIndex(identity => identity.Host == host && identity.Id == id);
        place.Others[index] = place.Others[index] with { Until = now };
    }
}
