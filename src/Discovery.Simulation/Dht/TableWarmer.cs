using Discovery.Kademlia;

namespace Discovery.Simulation.Dht;

/// <summary>Gives nodes the past of those that have run for hours: tables that many nodes have been offered to, round trips measured, a notion of the network's size.</summary>
/// <remarks>The table itself decides what it keeps. Scenarios that begin with it are compared in the tests with networks that have grown by joining.</remarks>
internal sealed class TableWarmer(DhtWorld world)
{
    /// <summary>How often what a bucket holds has been offered to it.</summary>
    private const int Offers = 3;
    private const int SizeSamples = 4;

    private readonly NodeId[][] _samples = [.. Enumerable.Range(0, 32).Select(_ => Sample(world))];

    public void Warm(KademliaHost host)
    {
        KademliaFamily family = host.Family;
        for (int bucket = 0; bucket < NodeId.Bits; bucket++)
        {
            (NodeId first, NodeId last) = family.Id.SiblingRange(bucket);
            (int start, int end) = world.Nodes.Range(first, last);
            int capacity = family.Table.Capacity(bucket);
            if (end - start <= capacity)
                for (int i = start; i < end; i++)
                    Meet(family, host, world.Nodes[i]);
            else
                for (int i = Math.Min(end - start, Offers * capacity); i > 0; i--)
                    Meet(family, host, world.Nodes[world.Random.Next(start, end)]);
            if (end - start == 0 && world.Nodes.Range(family.Id.PrefixRange(bucket + 1).First, family.Id.PrefixRange(bucket + 1).Last) is { Start: var from, End: var to } && to - from <= 1)
                break;
        }
        for (int i = 0; i < SizeSamples; i++)
            if (_samples[world.Random.Next(_samples.Length)] is { Length: > 1 } sample)
                family.Size.Observe(sample[0], sample.AsSpan(1));
        family.NextSelfLookup = world.Now + world.Random.NextDouble() * TimeSpan.FromMinutes(15);
    }

    private void Meet(KademliaFamily family, KademliaHost host, KademliaHost other)
    {
        if (other == host)
            return;
        TimeSpan rtt = world.Internet.Conditions.Latency.RoundTrip(host.EndPoint, other.EndPoint);
        family.Table.Answered(other.Id, other.EndPoint, rtt, world.Now - world.Random.NextDouble() * TimeSpan.FromMinutes(10));
        family.Stall.Observe(rtt);
    }

    /// <summary>A target and the nodes nearest to it.</summary>
    private static NodeId[] Sample(DhtWorld world)
    {
        NodeId target = NodeId.CreateRandom(world.Random);
        return [target, .. world.Nodes.Closest(target, RoutingTable.K).Select(static host => host.Id)];
    }
}
