using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia;

public sealed class PeerStoreTests
{
    private static readonly PeerStoreLimits Small = new() { MaxInfoHashes = 20, MaxPeers = 60, MaxPeersPerInfoHash = 10, MaxPeersPerInfoHashAndSource = 3, MaxPeersPerSource = 15 };

    [Test]
    public void ReadsWhatWasAnnouncedByFamily()
    {
        PeerStore store = new(new());
        NodeId infoHash = Hash(1);
        PeerEndPoint ipv4 = Host(1), ipv6 = PeerEndPoint.Parse("[2001:db8::1]:7");
        Assert.That(store.Add(infoHash, ipv4, ipv4, TimeSpan.Zero), Is.True);
        Assert.That(store.Add(infoHash, ipv6, ipv6, TimeSpan.Zero), Is.True);
        Assert.That(store.Add(infoHash, ipv4, ipv4, TimeSpan.Zero), Is.True, "an announcement can be repeated");
        Assert.That(Read(store, infoHash, 9), Is.EquivalentTo(new[] { ipv4, ipv6 }));
        Assert.That(Read(store, infoHash, 9, ipv6: false), Is.EqualTo(new[] { ipv4 }));
        Assert.That(Read(store, infoHash, 9, ipv4: false), Is.EqualTo(new[] { ipv6 }));
        Assert.That(Read(store, Hash(2), 9), Is.Empty);
        Assert.That((store.InfoHashCount, store.Count), Is.EqualTo((1, 2)));
    }

    [Test]
    public void AnnouncementsExpireUnlessRepeated()
    {
        PeerStore store = new(new());
        Assert.That(store.NextExpiry, Is.Null);
        store.Add(Hash(1), Host(1), Host(1), TimeSpan.Zero);
        store.Add(Hash(1), Host(2), Host(2), TimeSpan.FromMinutes(10));
        store.Add(Hash(1), Host(1), Host(1), TimeSpan.FromMinutes(20));
        Assert.That(store.NextExpiry, Is.EqualTo(TimeSpan.FromMinutes(40)));
        Assert.That(Read(store, Hash(1), 9, now: TimeSpan.FromMinutes(45)), Is.EqualTo(new[] { Host(1) }), "also before the store is told to expire");
        store.Expire(TimeSpan.FromMinutes(45));
        Assert.That(store.Count, Is.EqualTo(1));
        store.Expire(TimeSpan.FromMinutes(50));
        Assert.That((store.Count, store.InfoHashCount, store.NextExpiry), Is.EqualTo((0, 0, (TimeSpan?)null)));
    }

    [Test]
    public void ASampleIsRandomAndWithoutRepetition()
    {
        PeerStore store = new(new());
        for (uint i = 1; i <= 200; i++)
            store.Add(Hash(1), Host(i), Host(i), TimeSpan.Zero);
        Random random = new(5);
        Dictionary<PeerEndPoint, int> seen = [];
        for (int i = 0; i < 400; i++)
        {
            PeerEndPoint[] sample = Read(store, Hash(1), 50, random: random);
            Assert.That(sample, Is.Unique);
            Assert.That(sample, Has.Length.EqualTo(50));
            foreach (PeerEndPoint peer in sample)
                seen[peer] = seen.GetValueOrDefault(peer) + 1;
        }
        // Each peer is expected 100 times, with a standard deviation of 9.
        Assert.That(seen, Has.Count.EqualTo(200));
        Assert.That(seen.Values, Is.All.InRange(55, 145));
    }

    [Test]
    public void BothFamiliesShareTheRoom()
    {
        PeerStore store = new(new());
        for (uint i = 1; i <= 60; i++)
        {
            store.Add(Hash(1), Host(i), Host(i), TimeSpan.Zero);
            PeerEndPoint ipv6 = PeerEndPoint.Parse($"[2001:db8:{i:x}::1]:1");
            store.Add(Hash(1), ipv6, ipv6, TimeSpan.Zero);
        }
        PeerEndPoint[] sample = Read(store, Hash(1), 20);
        Assert.That(sample, Is.Unique);
        Assert.That(sample.Count(peer => peer.IsIPv4), Is.EqualTo(10));
        Assert.That(sample, Has.Length.EqualTo(20));
    }

    [Test]
    public void InfoHashesAreSampledWithoutRepetition()
    {
        PeerStore store = new(new());
        for (uint i = 1; i <= 100; i++)
            store.Add(Hash(i), Host(i), Host(i), TimeSpan.Zero);
        Random random = new(1);
        NodeId[] sample = new NodeId[20];
        HashSet<NodeId> seen = [];
        for (int i = 0; i < 60; i++)
        {
            Assert.That(store.Sample(sample, random), Is.EqualTo(20));
            Assert.That(sample, Is.Unique);
            seen.UnionWith(sample);
        }
        Assert.That(seen, Has.Count.EqualTo(100));
        Assert.That(store.Sample(new NodeId[300], random), Is.EqualTo(100));
    }

    [Test]
    public void OneSourceCannotPushOutOthers()
    {
        PeerStore store = new(Small);
        for (uint i = 1; i <= 15; i++)
            Assert.That(store.Add(Hash(i), Host(i), Host(i), TimeSpan.Zero), Is.True);
        Random random = new(3);
        for (int i = 0; i < 20_000; i++)
        {
            PeerEndPoint attacker = Host(666).WithPort(random.Next(1, 65536));
            store.Add(Hash((uint)random.Next(1, 500)), attacker, attacker, TimeSpan.FromSeconds(1));
        }
        for (uint i = 1; i <= 15; i++)
        {
            Assert.That(Read(store, Hash(i), 60), Does.Contain(Host(i)));
            Assert.That(Read(store, Hash(i), 60).Count(peer => peer.AddressKey == Host(666).AddressKey), Is.LessThanOrEqualTo(3));
        }
        Assert.That(store.Count, Is.LessThanOrEqualTo(30));
    }

    [Test]
    public void AFullStoreStillTakesNewcomersAndTheGreedyPay()
    {
        PeerStore store = new(Small);
        // Four greedy sources fill the store of 60.
        for (uint i = 0; i < 60; i++)
            Assert.That(store.Add(Hash(i % 12), Host(1 + i / 15).WithPort(1 + (int)i), Host(1 + i / 15), TimeSpan.FromSeconds(i)), Is.True);
        Assert.That(store.Count, Is.EqualTo(60));
        for (uint i = 10; i < 30; i++)
            Assert.That(store.Add(Hash(i % 12), Host(i), Host(i), TimeSpan.FromSeconds(100 + i)), Is.True);
        Assert.That(store.Count, Is.LessThanOrEqualTo(60));
        for (uint i = 10; i < 30; i++)
            Assert.That(Read(store, Hash(i % 12), 60, now: TimeSpan.FromSeconds(130)), Does.Contain(Host(i)));
    }

    [Test]
    public void AnInfoHashFoundedByAFlooderSurvivesWithItsOtherPeers()
    {
        PeerStore store = new(Small with { MaxInfoHashes = 10 });
        store.Add(Hash(1), Host(666), Host(666), TimeSpan.Zero);
        store.Add(Hash(1), Host(1), Host(1), TimeSpan.Zero);
        for (uint i = 2; i < 100; i++)
            store.Add(Hash(i), Host(666), Host(666), TimeSpan.FromSeconds(i));
        Assert.That(Read(store, Hash(1), 9, now: TimeSpan.FromSeconds(100)), Does.Contain(Host(1)));
        Assert.That(store.InfoHashCount, Is.EqualTo(10));
        Assert.That(store.Add(Hash(500), Host(2), Host(2), TimeSpan.FromSeconds(101)), Is.True, "a newcomer still finds room");
    }

    /// <summary>Many sources, few places: every bound holds after every step and the bookkeeping agrees with itself.</summary>
    [Test]
    public void BoundsHoldThroughARandomHistory([Values(1, 2, 3)] int seed)
    {
        Random random = new(seed);
        PeerStore store = new(Small);
        PeerEndPoint[] peers = new PeerEndPoint[100];
        NodeId[] hashes = new NodeId[100];
        for (int step = 0; step < 10_000; step++)
        {
            TimeSpan now = TimeSpan.FromSeconds(step * (step < 5000 ? 1 : 20));
            PeerEndPoint source = random.Next(2) == 0 ? Host((uint)random.Next(1, 40)) : PeerEndPoint.Parse($"[2001:db8:{random.Next(1, 30):x}::{random.Next(1, 5):x}]:1");
            store.Add(Hash((uint)random.Next(40)), source.WithPort(random.Next(1, 5)), source, now);
            Assert.That(store.Count, Is.InRange(1, 60));
            Assert.That(store.InfoHashCount, Is.InRange(1, 20));
            if (step % 50 != 0)
                continue;
            int total = 0, count = store.Sample(hashes, random);
            Assert.That(count, Is.EqualTo(store.InfoHashCount));
            foreach (NodeId hash in hashes.AsSpan(0, count))
            {
                int read = store.Read(hash, true, true, 100, random, now, peers);
                Assert.That(read, Is.InRange(1, 10));
                Assert.That(peers[..read], Is.Unique);
                total += read;
            }
            Assert.That(total, Is.EqualTo(store.Count));
        }
    }

    [Test]
    public void ReadingAllocatesNothing()
    {
        PeerStore store = new(new());
        NodeId infoHash = Hash(1);
        for (uint i = 1; i <= 200; i++)
            store.Add(infoHash, Host(i), Host(i), TimeSpan.Zero);
        Random random = new(1);
        PeerEndPoint[] peers = new PeerEndPoint[50];
        long allocated = Allocations.Of(() =>
        {
            for (int i = 0; i < 100; i++)
                store.Read(infoHash, true, false, 50, random, TimeSpan.Zero, peers);
        });
        Assert.That(allocated, Is.Zero);
    }

    private static PeerEndPoint[] Read(PeerStore store, NodeId infoHash, int max, bool ipv4 = true, bool ipv6 = true, TimeSpan now = default, Random? random = null)
    {
        PeerEndPoint[] peers = new PeerEndPoint[max];
        return peers[..store.Read(infoHash, ipv4, ipv6, max, random ?? new Random(1), now, peers)];
    }

    private static NodeId Hash(uint number) => NodeId.CreateRandom(new Random((int)number));

    private static PeerEndPoint Host(uint number) => new(0x50000000u + number * 256, 6881);
}
