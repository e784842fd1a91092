using System.Text.Json;
using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

public sealed class NodeListTests
{
    private static readonly PeerEndPoint Somewhere = PeerEndPoint.Parse("10.0.0.1:1");

    private static NodeList List(IEnumerable<NodeId> ids, Random? failing = null)
    {
        NodeList list = new();
        foreach (NodeId id in ids)
            list.Insert(new TableEntry(id, Somewhere) { Failures = (byte)(failing?.Next(4) == 0 ? 1 : 0) });
        return list;
    }

    private static NodeId[] Closest(NodeList list, NodeId target, int count)
    {
        ushort[] nearest = new ushort[count];
        return [.. nearest[..list.Closest(target, nearest)].Select(index => list[index].Id)];
    }

    private static NodeId[] BruteForce(NodeList list, NodeId target, int count) =>
        [.. list.Entries.ToArray().Where(static entry => entry.Failures == 0).Select(static entry => entry.Id).OrderBy(id => NodeId.Distance(id, target)).Take(count)];

    /// <summary>Ids of all kinds: spread, crowded round the target at every depth, equal in their first 64 bits, and one step apart.</summary>
    private static NodeId Draw(Random random, NodeId target) => random.Next(5) switch
    {
        0 => NodeId.CreateRandom(random),
        1 => target.RandomAtPrefix(random.Next(NodeId.Bits), random),
        2 => new NodeId(target.High, (ulong)random.NextInt64(), (uint)random.Next()),
        3 => new NodeId(target.High ^ (ulong)random.Next(4), target.Middle, (uint)random.Next(8)),
        _ => target.RandomAtPrefix(random.Next(60, 70), random),
    };

    [Test]
    public void ClosestIsWhatBruteForceFinds()
    {
        Random random = new(1);
        for (int run = 0; run < 4000; run++)
        {
            NodeId centre = NodeId.CreateRandom(random);
            NodeList list = List(Enumerable.Range(0, random.Next(random.Next(2) == 0 ? 12 : 400)).Select(_ => Draw(random, centre)).ToHashSet(), random);
            Assert.That(list.Entries.ToArray().Select(static entry => entry.Id), Is.Ordered);
            for (int query = 0; query < 4; query++)
            {
                NodeId target = query == 0 ? centre : Draw(random, centre);
                int count = random.Next(1, 21);
                Assert.That(Closest(list, target, count), Is.EqualTo(BruteForce(list, target, count)), $"run {run}, query {query}, {count} of {list.Count}");
            }
        }
    }

    [Test]
    public void NothingIsNearestWhenThereIsNothingOrNoRoom()
    {
        Assert.That(Closest(List([]), NodeId.Zero, 8), Is.Empty);
        Assert.That(Closest(List([NodeId.Zero]), NodeId.Zero, 8), Is.EqualTo(new[] { NodeId.Zero }));
    }

    [Test]
    public void FindsAndForgetsEveryEntry()
    {
        Random random = new(2);
        NodeId centre = NodeId.CreateRandom(random);
        NodeId[] ids = [.. Enumerable.Range(0, 300).Select(_ => Draw(random, centre)).Distinct()];
        NodeList list = List(ids);
        foreach (NodeId id in ids)
        {
            Assert.That(list[list.IndexOf(id)].Id, Is.EqualTo(id));
            list.RemoveAt(list.IndexOf(id));
            Assert.That(list.IndexOf(id), Is.EqualTo(-1));
        }
        Assert.That(list.Count, Is.Zero);
    }

    [Test]
    public void Vectors_xor_order()
    {
        int vectors = 0;
        foreach (JsonElement vector in Vectors.Load("kademlia").Items("random_xor_order").Where(static v => v.GetProperty("bits").GetInt32() == NodeId.Bits))
        {
            NodeId[] ids = [.. vector.Items("ids").Select(static id => NodeId.Parse(id.GetString()!)).Distinct()];
            NodeId[] expected = [.. vector.Items("expected_order").Select(static id => NodeId.Parse(id.GetString()!)).Distinct()];
            Assert.That(Closest(List(ids), NodeId.Parse(vector.Text("target")), ids.Length), Is.EqualTo(expected));
            vectors++;
        }
        Assert.That(vectors, Is.Positive);
    }

    [Test]
    public void Vectors_closest_twenty()
    {
        JsonElement closest = Vectors.Load("kademlia").GetProperty("mainline_closest");
        NodeList list = List(closest.Items("ids").Select(static id => NodeId.Parse(id.GetString()!)));
        foreach (JsonElement vector in closest.Items("cases"))
            Assert.That(Closest(list, NodeId.Parse(vector.Text("target")), vector.GetProperty("k").GetInt32()).Select(static id => id.ToString()),
                Is.EqualTo(vector.Items("expected_by_xor_distance_over_full_list").Select(static id => id.GetString())));
    }
}
