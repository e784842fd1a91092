using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

/// <summary>What holds of a routing table whatever happens to it.</summary>
public sealed class RoutingTableLawsTests
{
    [Test]
    public void HoldsItsBoundsAfterAnySequenceOfEvents([Range(1, 12)] int seed)
    {
        Random random = new(seed);
        RoutingTableLimits limits = new() { NodesPerSubnet = random.Next(2, 12), NodesPerSubnetAndBucket = random.Next(1, 4) };
        RoutingTable table = new(NodeId.CreateRandom(random), limits);
        bool isPrivate = seed % 3 == 0, ipv4 = seed % 4 != 0;
        List<NodeId> ids = [];
        for (int step = 0; step < 4000; step++)
        {
            TimeSpan now = TimeSpan.FromSeconds(step);
            TableEntry[] known = [.. table.Entries, .. table.Replacements];
            TableEntry any = known.Length > 0 ? known[random.Next(known.Length)] : default;
            switch (random.Next(20))
            {
                case < 12:
                    NodeId id = random.Next(6) == 0 && ids.Count > 0 ? ids[random.Next(ids.Count)] : table.Own.RandomAtPrefix(random.Next(random.Next(2) == 0 ? 3 : 159), random);
                    ids.Add(id);
                    PeerEndPoint endPoint = random.Next(8) == 0 && known.Length > 0 ? any.EndPoint : Address(random, ipv4, isPrivate);
                    table.Answered(id, endPoint, TimeSpan.FromMilliseconds(random.Next(1, 5000)), now);
                    break;
                case < 17:
                    table.Failed(any.Id, any.EndPoint, TimeSpan.MaxValue, online: random.Next(4) > 0);
                    break;
                case 17:
                    table.Evict(any.EndPoint);
                    break;
                case 18:
                    table.Asked(any.Id, now);
                    break;
                default:
                    if (random.Next(40) == 0)
                        table.ChangeOwn(random.Next(3) == 0 && known.Length > 0 ? any.Id : NodeId.CreateRandom(random));
                    break;
            }
            if (step % 10 == 0 || step > 3900)
                Check(table, limits, isPrivate, $"seed {seed}, step {step}");
        }
        Assert.That(table.Count, Is.GreaterThan(20));
    }

    [Test]
    public void AnotherOwnIdRegroupsTheNodesAndLosesFew()
    {
        Random random = new(1);
        RoutingTable table = new(NodeId.CreateRandom(random), new());
        for (uint i = 0; i < 5000; i++)
            table.Answered(NodeId.CreateRandom(random), new PeerEndPoint(0x0A00_0000 + i, 1), TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));
        int before = table.Count;
        NodeId next = NodeId.CreateRandom(random);
        table.ChangeOwn(next);
        Assert.That(table.Own, Is.EqualTo(next));
        Assert.That(table.Count, Is.GreaterThan(before / 2));
        Check(table, new(), isPrivate: true, "");
    }

    private static void Check(RoutingTable table, RoutingTableLimits limits, bool isPrivate, string when)
    {
        TableEntry[] nodes = table.Entries.ToArray(), all = [.. nodes, .. table.Replacements];
        int Bucket(TableEntry entry) => NodeId.CommonPrefixLength(entry.Id, table.Own);
        Assert.That(nodes.Select(static entry => entry.Id), Is.Ordered, when);
        Assert.That(all.Select(static entry => entry.Id).Distinct().Count(), Is.EqualTo(all.Length), $"{when}: an id twice");
        Assert.That(all.Select(static entry => entry.EndPoint).Distinct().Count(), Is.EqualTo(all.Length), $"{when}: an end point twice");
        Assert.That(all.Any(entry => entry.Id == table.Own), Is.False, $"{when}: ourselves");
        foreach (IGrouping<int, TableEntry> bucket in nodes.GroupBy(Bucket))
            Assert.That(bucket.Count(), Is.LessThanOrEqualTo(table.Capacity(bucket.Key)), when);
        foreach (IGrouping<int, TableEntry> bucket in table.Replacements.ToArray().GroupBy(Bucket))
            Assert.That(bucket.Count(), Is.LessThanOrEqualTo(8), when);
        if (isPrivate)
            return;
        Assert.That(nodes.Select(static entry => entry.EndPoint.AddressKey).Distinct().Count(), Is.EqualTo(nodes.Length), $"{when}: an address twice");
        foreach (IGrouping<PeerEndPoint, TableEntry> subnet in nodes.GroupBy(static entry => entry.EndPoint.SubnetKey))
        {
            Assert.That(subnet.Count(), Is.LessThanOrEqualTo(limits.NodesPerSubnet), when);
            Assert.That(subnet.GroupBy(Bucket).Max(static bucket => bucket.Count()), Is.LessThanOrEqualTo(limits.NodesPerSubnetAndBucket), when);
        }
    }

    /// <summary>Few networks with few hosts, so that everything collides.</summary>
    private static PeerEndPoint Address(Random random, bool ipv4, bool isPrivate) => ipv4
        ? new((isPrivate ? 0x0A00_0000u : 0x2000_0000u) + ((uint)random.Next(200) << 8) + (uint)random.Next(1, 9), (ushort)random.Next(1, 4))
        : PeerEndPoint.Parse($"[{(isPrivate ? "fd00" : "2001")}:db8:0:{random.Next(200):x}::{random.Next(1, 9):x}]:{random.Next(1, 4)}");
}
