using Discovery.Kademlia;

namespace Discovery.Tests.Kademlia;

public sealed class RoutingTableTests
{
    private static readonly NodeId Own = NodeId.CreateRandom(new Random(0));
    private static readonly TimeSpan Now = TimeSpan.FromHours(1), Rtt = TimeSpan.FromMilliseconds(50);

    private readonly Random _random = new(1);
    private RoutingTable _table = null!;
    private uint _lastAddress;

    [SetUp]
    public void CreateTable()
    {
        _table = new(Own, new());
        _lastAddress = 0x0A00_0000;
    }

    private PeerEndPoint NextAddress() => new(++_lastAddress, 6881);

    /// <summary>A node of a bucket; its slot is the value of the bits that follow.</summary>
    private static NodeId InBucket(int bucket, int slot, int slotBits, Random random)
    {
        NodeId id = Own.RandomAtPrefix(bucket, random);
        for (int i = 1; i <= slotBits; i++)
        {
            if (id.Bit(bucket + i) != ((slot >> (slotBits - i) & 1) != 0))
                id = NodeId.Distance(id, new NodeId(1UL << (63 - bucket - i), 0, 0));
        }
        return id;
    }

    private InsertOutcome Answer(NodeId id, PeerEndPoint? endPoint = null, int rttMs = 50, TimeSpan? now = null) =>
        _table.Answered(id, endPoint ?? NextAddress(), TimeSpan.FromMilliseconds(rttMs), now ?? Now);

    private int CountIn(int bucket) => _table.Entries.ToArray().Count(entry => NodeId.CommonPrefixLength(entry.Id, Own) == bucket);

    [TestCase(0, 128)]
    [TestCase(1, 64)]
    [TestCase(2, 32)]
    [TestCase(3, 16)]
    [TestCase(4, 8)]
    [TestCase(40, 8)]
    [TestCase(150, 8)]
    public void ABucketHoldsItsShareAndEightWait(int bucket, int capacity)
    {
        Assert.That(_table.Capacity(bucket), Is.EqualTo(capacity));
        for (int i = 0; i < 3 * capacity; i++)
            Answer(Own.RandomAtPrefix(bucket, _random));
        Assert.That(CountIn(bucket), Is.EqualTo(capacity));
        Assert.That(_table.Replacements.Length, Is.EqualTo(8));
    }

    [Test]
    public void AFullBucketSpreadsItsIds([Values(2, 4)] int bucket)
    {
        int capacity = _table.Capacity(bucket), bits = int.Log2(capacity);
        for (int i = 0; i < capacity; i++)
            Answer(InBucket(bucket, 0, bits, _random), rttMs: 10 + i);
        for (int slot = 1; slot < capacity; slot++)
            Assert.That(Answer(InBucket(bucket, slot, bits, _random), rttMs: 5000), Is.EqualTo(InsertOutcome.Inserted), "an empty slot goes before speed");
        TableEntry[] entries = _table.Entries.ToArray();
        Assert.That(entries.Select(static entry => entry.Id), Is.Unique);
        Assert.That(entries.Count(static entry => entry.Rtt < TimeSpan.FromSeconds(5)), Is.EqualTo(1), "one is left of the crowded slot");
        Assert.That(entries.Min(static entry => entry.Rtt), Is.EqualTo(TimeSpan.FromMilliseconds(10)), "the fastest");
        Assert.That(Answer(InBucket(bucket, 1, bits, _random), rttMs: 5001), Is.EqualTo(InsertOutcome.Cached));
        Assert.That(Answer(InBucket(bucket, 1, bits, _random), rttMs: 40), Is.EqualTo(InsertOutcome.Inserted), "faster in the same slot");
        Assert.That(CountIn(bucket), Is.EqualTo(capacity));
    }

    [Test]
    public void AFailedNodeGivesWayFirst()
    {
        NodeId[] ids = [.. Enumerable.Range(0, 8).Select(slot => InBucket(10, slot, 3, _random))];
        foreach (NodeId id in ids)
            Answer(id, rttMs: 1);
        _table.Failed(ids[5], _table[IndexOf(ids[5])].EndPoint, TimeSpan.MaxValue, online: true);
        Assert.That(Answer(InBucket(10, 0, 3, _random), rttMs: 4000), Is.EqualTo(InsertOutcome.Inserted));
        Assert.That(IndexOf(ids[5]), Is.EqualTo(-1));
        Assert.That(_table.Replacements.Length, Is.Zero, "what has failed does not wait either");
    }

    [Test]
    public void ALostDatagramIsNoFailureOfANodeThatHasAnsweredSince()
    {
        NodeId id = InBucket(10, 0, 3, _random);
        Answer(id);
        TableEntry entry = _table[IndexOf(id)];
        _table.Failed(id, entry.EndPoint, entry.LastSeen - TimeSpan.FromSeconds(1), online: true);
        Assert.That(_table[IndexOf(id)].Failures, Is.Zero);
        _table.Failed(id, entry.EndPoint, entry.LastSeen + TimeSpan.FromSeconds(1), online: true);
        Assert.That(_table[IndexOf(id)].Failures, Is.EqualTo(1));
    }

    [Test]
    public void ANodeThatFailsTwiceIsReplacedAndOneWithoutReplacementGoesAfterFour()
    {
        for (int i = 0; i < 20; i++)
            Answer(InBucket(10, i % 8, 3, _random), rttMs: 100 + i);
        TableEntry first = _table[0], cached = _table.Replacements.ToArray().MinBy(static entry => entry.Cost);
        _table.Failed(first.Id, first.EndPoint, TimeSpan.MaxValue, online: true);
        Assert.That(IndexOf(first.Id), Is.Not.Negative);
        _table.Failed(first.Id, first.EndPoint, TimeSpan.MaxValue, online: true);
        Assert.That((IndexOf(first.Id), IndexOf(cached.Id) >= 0, CountIn(10)), Is.EqualTo((-1, true, 8)));

        NodeId alone = InBucket(50, 0, 3, _random);
        PeerEndPoint there = NextAddress();
        Answer(alone, there);
        for (int i = 0; i < 9; i++)
            _table.Failed(alone, there, TimeSpan.MaxValue, online: false);
        for (int i = 0; i < 9; i++)
            _table.Failed(alone, NextAddress(), TimeSpan.MaxValue, online: true);
        Assert.That(_table[IndexOf(alone)].Failures, Is.Zero, "offline, or somebody else");
        for (int i = 0; i < 3; i++)
            _table.Failed(alone, there, TimeSpan.MaxValue, online: true);
        Assert.That(IndexOf(alone), Is.Not.Negative);
        _table.Failed(alone, there, TimeSpan.MaxValue, online: true);
        Assert.That(IndexOf(alone), Is.EqualTo(-1));
    }

    [Test]
    public void HalfOfABucketIsOpenToIdsThatAreNotBound()
    {
        InsertOutcome[] outcomes = [.. Enumerable.Range(0, 8).Select(i => Answer(InBucket(30, i, 3, _random), new PeerEndPoint(0x2000_0001 + ((uint)i << 16), 1)))];
        Assert.That(outcomes, Is.EqualTo(Enumerable.Repeat(InsertOutcome.Inserted, 4).Concat(Enumerable.Repeat(InsertOutcome.Refused, 4))));
        Assert.That(CountIn(30), Is.EqualTo(4));
        Assert.That(Answer(InBucket(30, 7, 3, _random)), Is.EqualTo(InsertOutcome.Inserted), "an address that is exempt");
    }

    [Test]
    public void AReplacementMustFitTheSubnetLimitsWhenItMovesUp()
    {
        _table = new(Own, new(), new() { PrefersBoundIds = false });
        // 8 members of distinct networks, and replacements that all sit in one /24, and two on one address.
        for (uint i = 0; i < 8; i++)
            Answer(InBucket(10, (int)i, 3, _random), new PeerEndPoint(0x2000_0001 + (i << 16), 1), rttMs: 1);
        for (uint i = 0; i < 8; i++)
            Assert.That(Answer(InBucket(10, (int)i, 3, _random), new PeerEndPoint(0x5DB8_D801 + i / 2, (ushort)(i + 1)), rttMs: 900), Is.EqualTo(InsertOutcome.Cached));
        foreach (TableEntry entry in _table.Entries.ToArray())
        {
            for (int i = 0; i < 2; i++)
                _table.Failed(entry.Id, entry.EndPoint, TimeSpan.MaxValue, online: true);
        }
        PeerEndPoint[] upper = [.. _table.Entries.ToArray().Select(static entry => entry.EndPoint).Where(static endPoint => endPoint.IPv4Bits >> 16 == 0x5DB8)];
        Assert.That(upper, Has.Length.EqualTo(2));
        Assert.That(upper[0].AddressKey, Is.Not.EqualTo(upper[1].AddressKey));
    }

    [Test]
    public void OneNodeOfAPublicAddressTwoOfASubnetInABucketTenInAll()
    {
        PeerEndPoint address = PeerEndPoint.Parse("93.184.216.34:1");
        Assert.That(Answer(Own.RandomAtPrefix(0, _random), address), Is.EqualTo(InsertOutcome.Inserted));
        Assert.That(Answer(Own.RandomAtPrefix(1, _random), address.WithPort(2)), Is.EqualTo(InsertOutcome.Refused));
        Assert.That(Answer(Own.RandomAtPrefix(0, _random), PeerEndPoint.Parse("93.184.216.35:1")), Is.EqualTo(InsertOutcome.Inserted));
        Assert.That(Answer(Own.RandomAtPrefix(0, _random), PeerEndPoint.Parse("93.184.216.36:1")), Is.EqualTo(InsertOutcome.Refused));
        Assert.That(Answer(Own.RandomAtPrefix(0, _random), PeerEndPoint.Parse("93.184.217.36:1")), Is.EqualTo(InsertOutcome.Inserted));
        for (int i = 0; i < 8; i++)
            Assert.That(Answer(Own.RandomAtPrefix(1 + i, _random), PeerEndPoint.Parse($"93.184.216.{40 + i}:1")), Is.EqualTo(InsertOutcome.Inserted));
        Assert.That(Answer(Own.RandomAtPrefix(20, _random), PeerEndPoint.Parse("93.184.216.60:1")), Is.EqualTo(InsertOutcome.Refused));
    }

    [Test]
    public void AnIPv6SubnetIsA64()
    {
        for (int i = 1; i <= 3; i++)
            Assert.That(Answer(Own.RandomAtPrefix(0, _random), PeerEndPoint.Parse($"[2001:db8::{i}]:1")), Is.EqualTo(i < 3 ? InsertOutcome.Inserted : InsertOutcome.Refused));
        Assert.That(Answer(Own.RandomAtPrefix(0, _random), PeerEndPoint.Parse("[2001:db8:0:1::1]:1")), Is.EqualTo(InsertOutcome.Inserted));
    }

    [Test]
    public void PrivateAddressesAreExempt([Values("127.0.0.1", "192.168.1.1", "[fe80::1]", "[fd00::1]")] string address)
    {
        for (int i = 1; i <= 100; i++)
            Assert.That(Answer(Own.RandomAtPrefix(0, _random), PeerEndPoint.Parse($"{address}:{i}")), Is.EqualTo(InsertOutcome.Inserted));
    }

    [Test]
    public void AnIdKeepsTheAddressThatStillAnswers()
    {
        NodeId id = Own.RandomAtPrefix(0, _random);
        PeerEndPoint first = NextAddress(), second = NextAddress();
        Assert.That(Answer(id, first), Is.EqualTo(InsertOutcome.Inserted));
        Assert.That(Answer(id, first), Is.EqualTo(InsertOutcome.Refreshed));
        Assert.That(Answer(id, second), Is.EqualTo(InsertOutcome.Refused));
        _table.Failed(id, first, TimeSpan.MaxValue, online: true);
        Assert.That(Answer(id, second), Is.EqualTo(InsertOutcome.Refused));
        _table.Failed(id, first, TimeSpan.MaxValue, online: true);
        Assert.That(Answer(id, second), Is.EqualTo(InsertOutcome.Inserted));
        Assert.That(_table[0].EndPoint, Is.EqualTo(second));
        Assert.That(Answer(Own.RandomAtPrefix(1, _random), second), Is.EqualTo(InsertOutcome.Inserted), "another id at one end point replaces the former");
        Assert.That(_table.Count, Is.EqualTo(1));
        Assert.That(Answer(Own), Is.EqualTo(InsertOutcome.Refused));
    }

    [Test]
    public void TheStalestIsAskedNextDeepBucketsFirstAmongEquals()
    {
        TimeSpan age = TimeSpan.FromMinutes(1);
        NodeId old = Own.RandomAtPrefix(0, _random), deep = Own.RandomAtPrefix(9, _random), shallow = Own.RandomAtPrefix(3, _random);
        Answer(shallow, now: Now);
        Answer(deep, now: Now);
        Answer(old, now: Now - TimeSpan.FromSeconds(1));
        Assert.That(_table.TryNextRefresh(age, Now + TimeSpan.FromSeconds(58), _random, out _, out _), Is.False);
        Assert.That(NextAt(Now + TimeSpan.FromSeconds(70)), Is.EqualTo((old, (int?)0)));
        _table.Asked(old, Now + TimeSpan.FromSeconds(70));
        Assert.That(NextAt(Now + TimeSpan.FromSeconds(71)), Is.EqualTo((deep, (int?)9)));
        _table.Asked(deep, Now + TimeSpan.FromSeconds(71));
        Assert.That(NextAt(Now + TimeSpan.FromSeconds(72)), Is.EqualTo((shallow, (int?)3)));
        for (int i = 0; i < 7; i++)
            Answer(InBucket(9, i, 3, _random), now: Now + TimeSpan.FromHours(1));
        Assert.That(NextAt(Now + TimeSpan.FromHours(1)), Is.EqualTo((shallow, (int?)3)));
        _table.Asked(shallow, Now + TimeSpan.FromHours(1));
        _table.Asked(old, Now + TimeSpan.FromHours(1));
        Assert.That(NextAt(Now + TimeSpan.FromHours(1)), Is.EqualTo((deep, (int?)null)), "a full bucket is only pinged");

        (NodeId, int?) NextAt(TimeSpan now)
        {
            Assert.That(_table.TryNextRefresh(age, now, _random, out int index, out NodeId? target), Is.True);
            return (_table[index].Id, target is { } id ? NodeId.CommonPrefixLength(Own, id) : null);
        }
    }

    [Test]
    public void CountsThoseAtLeastSoNear()
    {
        for (int i = 0; i < 20; i++)
            Answer(Own.RandomAtPrefix(i < 12 ? 3 : 1, _random));
        Assert.That(new[] { 0, 1, 2, 3, 4, 159 }.Select(_table.CountFrom), Is.EqualTo(new[] { 20, 20, 12, 12, 0, 0 }));
    }

    private int IndexOf(NodeId id) => _table.Entries.ToArray().ToList().FindIndex(entry => entry.Id == id);
}
