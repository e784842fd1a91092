using Discovery.Peers;
using Discovery.Tests.Support;

namespace Discovery.Tests.Peers;

/// <summary>Sixty peers of assigned latency, loss and honesty are sampled for some hours; then the order is compared with the truth.</summary>
public sealed class PeerRankingTests
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    private sealed record Assigned(TestPeer Peer, PeerRecord Record, double Milliseconds, double Loss)
    {
        public double Quality => 100 / (100 + Milliseconds) + (1 - Loss);
    }

    [Test]
    public void TheOrderIsThatOfTheTrueQuality()
    {
        double[] correlations = [.. Enumerable.Range(1, 20).Select(Correlate)];
        Assert.That(correlations.Average(), Is.GreaterThanOrEqualTo(0.9));
        Assert.That(correlations, Is.All.GreaterThan(0.88));
    }

    private static double Correlate(int seed)
    {
        Random random = new(seed);
        Assigned[] world = [.. Enumerable.Range(1, 60).Select(Assign)];
        PeerRegistry registry = new(100, new(PeerScoring.Default), default, TestPeer.Network, new CoordinateTracker(new Random(seed)));
        Dictionary<PeerId, Assigned> byId = world.ToDictionary(static peer => peer.Peer.Id);
        DateTimeOffset now = TestPeer.Now;
        foreach (Assigned peer in world)
            registry.Observe(peer.Record, peer.Peer.EndPoint, Trip(peer, random), "global", now);
        int exchanges = 0;
        for (int round = 0; round < 480; round++)
        {
            now += Round;
            foreach (PeerInfo known in registry.SamplingOrder(Round, now).Take(PeerSampling.Share(registry.Count)).Concat(registry.Contacts(8, now)))
            {
                Assigned peer = byId[known.Id];
                exchanges++;
                // Three queries go out before an exchange has failed; only the first one is measured.
                bool first = random.NextDouble() >= peer.Loss, any = first || random.NextDouble() >= peer.Loss;
                if (any)
                    registry.Observe(peer.Record, peer.Peer.EndPoint, first ? Trip(peer, random) : null, "global", now);
                else
                    registry.Fail(known.Id, now);
                // What the application does with it is lost as often as anything else.
                registry.Update(known.Id, new() { IsSuccess = random.NextDouble() >= peer.Loss });
            }
            if (round % 10 == 0)
                registry.Rescore(now);
        }
        registry.Rescore(now);
        IReadOnlyList<PeerInfo> order = registry.List();
        double correlation = RankCorrelation.Spearman([.. order.Select(static peer => peer.Score)], [.. order.Select(peer => byId[peer.Id].Quality)]);
        TestContext.Out.WriteLine($"seed {seed}: rank correlation {correlation:F3}, {order.Count} peers, {exchanges} exchanges");
        Assert.That(order, Has.Count.GreaterThanOrEqualTo(55));
        return correlation;
    }

    private static Assigned Assign(int number)
    {
        TestPeer peer = new(number);
        double milliseconds = number <= 10 ? 5 : number <= 30 ? 30 : 150, loss = number % 3 == 0 ? 0.1 + number % 4 * 0.1 : 0;
        // Every fourth claims to have everything.
        DiscoveryOptions options = new() { Capacity = number % 4 == 0 ? new() { BandwidthKbps = long.MaxValue, Connections = long.MaxValue, StorageMiB = long.MaxValue, LoadPercent = 0 } : null };
        return new(peer, peer.Record(options, TimeSpan.FromHours(24)), milliseconds, loss);
    }

    private static TimeSpan Trip(Assigned peer, Random random) => TimeSpan.FromMilliseconds(peer.Milliseconds * (0.9 + 0.2 * random.NextDouble()));
}
