using System.Numerics;
using System.Runtime.InteropServices;
using Discovery.Kademlia;

namespace Discovery.Simulation.Dht;

/// <summary>Gives nodes the past of those that have run for hours: tables that many nodes have been offered to, round trips measured, a notion of the network's size.</summary>
/// <remarks>What each bucket would have chosen from the nodes offered is worked out first: to let the table do so a thousand times per node would take longer than the simulation.
/// The tests compare it with networks that have grown by joining.</remarks>
internal sealed class TableWarmer
{
    /// <summary>How often what a bucket holds has been offered to it.</summary>
    private const int Offers = 3;
    private const int SizeSamples = 4;
    private const int Replacements = 8;
    private static readonly TimeSpan Staleness = TimeSpan.FromMinutes(10);

    private record struct Offer(int Index, int Slot, int Rank, TimeSpan Rtt);

    private readonly DhtWorld _world;
    private readonly KademliaTuning _tuning;
    private readonly NodeId[] _ids;
    private readonly PeerEndPoint[] _endPoints;
    private readonly NodeId[][] _samples;
    private readonly List<Offer> _offers = [];
    private readonly HashSet<int> _offered = [];
    private int _mostNodes, _mostReplacements;

    public TableWarmer(DhtWorld world, KademliaTuning tuning)
    {
        (_world, _tuning) = (world, tuning);
        // Only those whom strangers reach answer when they are looked at.
        KademliaHost[] reachable = [.. Enumerable.Range(0, world.Nodes.Count).Select(i => world.Nodes[i]).Where(static host => host.IsReachable)];
        (_ids, _endPoints) = ([.. reachable.Select(static host => host.Id)], [.. reachable.Select(static host => host.ReachedAt)]);
        _samples = [.. Enumerable.Range(0, 32).Select(_ => Sample(world))];
    }

    public void Warm(KademliaHost host)
    {
        KademliaFamily family = host.Family;
        (int start, int end) = (0, _ids.Length);
        family.Table.EnsureCapacity(_mostNodes, _mostReplacements);
        // Each bucket is the half of the own subtree that we are not in.
        for (int bucket = 0; bucket < NodeId.Bits && end - start > 1; bucket++)
        {
            (NodeId first, NodeId last) = family.Id.PrefixRange(bucket + 1);
            int from = Place(first, start, end), to = Place(last, start, end);
            if (to < end && _ids[to] == last)
                to++;
            Fill(host, bucket, from == start ? to : start, from == start ? end : from);
            (start, end) = (from, to);
        }
        (_mostNodes, _mostReplacements) = (Math.Max(_mostNodes, family.Table.Count), Math.Max(_mostReplacements, family.Table.Replacements.Length));
        for (int i = 0; i < SizeSamples; i++)
            if (_samples[_world.Random.Next(_samples.Length)] is { Length: > 1 } sample)
                family.Size.Observe(sample[0], sample.AsSpan(1));
        family.NextSelfLookup = _world.Now + _world.Random.NextDouble() * TimeSpan.FromMinutes(15);
    }

    private void Fill(KademliaHost host, int bucket, int start, int end)
    {
        RoutingTable table = host.Family.Table;
        int capacity = table.Capacity(bucket), bits = BitOperations.Log2((uint)capacity);
        bool isWhole = end - start <= Offers * capacity;
        _offers.Clear();
        _offered.Clear();
        for (int i = isWhole ? end - start : Offers * capacity; i > 0; i--)
        {
            int index = isWhole ? end - i : _world.Random.Next(start, end);
            if (!_offered.Add(index))
                continue;
            _offers.Add(new(index, RoutingTable.Slot(_ids[index], bucket, bits), 0, _world.Internet.Conditions.RoundTrip(host.OutsideAddress, _endPoints[index])));
        }
        if (_tuning.ChoosesEntries)
            Rank();
        else
            _world.Random.Shuffle(CollectionsMarshal.AsSpan(_offers));
        for (int i = 0; i < Math.Min(_offers.Count, capacity + Replacements); i++)
        {
            Offer offer = _offers[i];
            table.Answered(_ids[offer.Index], _endPoints[offer.Index], offer.Rtt, _world.Now - _world.Random.NextDouble() * Staleness);
            host.Family.Stall.Observe(offer.Rtt);
        }
    }

    /// <summary>The fastest of each slot first, then the second fastest of each, and so on.</summary>
    private void Rank()
    {
        _offers.Sort(static (left, right) => (left.Slot, left.Rtt, left.Index).CompareTo((right.Slot, right.Rtt, right.Index)));
        for (int i = 1; i < _offers.Count; i++)
            if (_offers[i].Slot == _offers[i - 1].Slot)
                _offers[i] = _offers[i] with { Rank = _offers[i - 1].Rank + 1 };
        _offers.Sort(static (left, right) => (left.Rank, left.Rtt, left.Index).CompareTo((right.Rank, right.Rtt, right.Index)));
    }

    private int Place(in NodeId id, int start, int end)
    {
        int place = _ids.AsSpan(start, end - start).BinarySearch(id);
        return start + (place < 0 ? ~place : place);
    }

    /// <summary>A target and the nodes nearest to it.</summary>
    private static NodeId[] Sample(DhtWorld world)
    {
        NodeId target = NodeId.CreateRandom(world.Random);
        return [target, .. world.Nodes.Closest(target, RoutingTable.K, static host => host.IsReachable).Select(static host => host.Id)];
    }
}
