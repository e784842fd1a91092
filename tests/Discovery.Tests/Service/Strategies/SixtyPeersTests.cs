using Discovery.Tests.Support;
using static Discovery.Tests.Service.SixtyPeers;

namespace Discovery.Tests.Service;

/// <summary>Among sixty peers of assigned quality each strategy returns the set that it promises, and the order is that of the truth.</summary>
public sealed class SixtyPeersTests
{
    /// <summary>Long enough for some sixty samples of each peer.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(20);

    [Test]
    public async Task EachStrategyReturnsWhatItPromisesInTheOrderOfTrueQuality()
    {
        await using SixtyPeers world = new();
        await world.StartAsync();
        IDiscoveryService localFirst = await world.SearcherAsync(DiscoveryStrategy.LocalFirst), balanced = await world.SearcherAsync(DiscoveryStrategy.Balanced), hybrid = await world.SearcherAsync(DiscoveryStrategy.Hybrid);
        await world.WaitAsync(WarmUp);
        foreach (IDiscoveryService service in (IDiscoveryService[])[localFirst, balanced, hybrid])
        {
            TestContext.Out.WriteLine($"{service.Peers.Count} known, rank correlation {Correlate(world, service.Peers.List()):F3}");
            AssertOrder(world, service.Peers.List());
        }

        AssignedPeer[] near = await FindAsync(localFirst, 8), some = await FindAsync(localFirst, 25), shares = await FindAsync(balanced, 12), best = await FindAsync(hybrid, 10);
        AssignedPeer[][] all = [await FindAsync(localFirst, 60), await FindAsync(balanced, 60), await FindAsync(hybrid, 60)];
        Assert.Multiple(() =>
        {
            Assert.That(CountOf(near), Is.EqualTo((8, 0, 0)), "the local ones are enough");
            Assert.That((some.Length, CountOf(some).Global), Is.EqualTo((25, 0)));
            Assert.That(world.All.Where(static peer => peer.Scope == DiscoveryScope.Local).Except(some).Select(static peer => peer.Loss), Is.All.Positive, "all local ones that answer, then regional ones");
            Assert.That(CountOf(shares), Is.EqualTo((4, 4, 4)), "a share of each");
            foreach (IGrouping<DiscoveryScope, AssignedPeer> share in shares.GroupBy(static peer => peer.Scope))
                Assert.That(Goodness(share, world.All.Where(peer => peer.Scope == share.Key)), Is.GreaterThanOrEqualTo(0.93), $"the good ones of {share.Key}");
            Assert.That(CountOf(best).Global, Is.Zero);
            Assert.That(Goodness(best, world.All), Is.GreaterThanOrEqualTo(0.97), "the best of all");
        });

        async Task<AssignedPeer[]> FindAsync(IDiscoveryService service, int count)
        {
            DiscoveryResult found = await world.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(count));
            TestContext.Out.WriteLine($"{found.Strategy} {count}: {found.Peers.Count} in {found.Elapsed.TotalMilliseconds} ms, {string.Join(", ", found.SourceBreakdown)}; rank correlation {Correlate(world, found.Peers):F3}");
            Assert.That(found.Peers.Select(static peer => peer.Score), Is.Ordered.Descending);
            if (count == 60)
                AssertOrder(world, found.Peers);
            return [.. found.Peers.Select(peer => world[peer])];
        }
    }

    private static void AssertOrder(SixtyPeers world, IReadOnlyList<PeerInfo> peers)
    {
        Assert.That(peers, Has.Count.GreaterThan(50));
        Assert.That(Correlate(world, peers), Is.GreaterThanOrEqualTo(0.9));
    }

    // To a hundredth: what differs by less is not worse.
    private static double Correlate(SixtyPeers world, IReadOnlyList<PeerInfo> peers) =>
        RankCorrelation.Spearman([.. peers.Select(static peer => Math.Round(peer.Score, 2))], [.. peers.Select(peer => Math.Round(world[peer].Quality, 2))]);

    /// <summary>The mean true quality, as a share of that of the truly best.</summary>
    private static double Goodness(IEnumerable<AssignedPeer> picked, IEnumerable<AssignedPeer> all)
    {
        AssignedPeer[] found = [.. picked];
        return found.Average(static peer => peer.Quality) / all.Select(static peer => peer.Quality).OrderDescending().Take(found.Length).Average();
    }

    private static (int Local, int Regional, int Global) CountOf(AssignedPeer[] peers) =>
        (peers.Count(static peer => peer.Scope == DiscoveryScope.Local), peers.Count(static peer => peer.Scope == DiscoveryScope.Regional), peers.Count(static peer => peer.Scope == DiscoveryScope.Global));
}
