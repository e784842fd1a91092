using System.Net;
using BenchmarkDotNet.Attributes;
using Discovery.Peers;

namespace Discovery.Benchmarks;

/// <summary>A registry of 10 000 peers.</summary>
[MemoryDiagnoser]
public class PeerBenchmarks
{
    private const int Count = 10_000;

    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PeerFilter s_rare = new() { Capability = "rare" };

    private readonly PeerRecord[] _records = new PeerRecord[Count];
    private PeerRegistry _spread = null!, _alike = null!;
    private int _next;

    /// <summary>The memory that the first registry and its records take.</summary>
    public long Bytes { get; private set; }

    [GlobalSetup]
    public void Setup()
    {
        NodeId network = NetworkTopic.ForNetwork("bench");
        Random random = new(1);
        byte[] seed = new byte[32];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        _spread = Create(network);
        for (int i = 0; i < Count; i++)
        {
            random.NextBytes(seed);
            using PeerIdentity identity = PeerIdentity.FromSeed(seed);
            DiscoveryOptions options = new()
            {
                Capabilities = i % 1000 == 0 ? ["rare", "storage"] : ["storage", "tool:search"],
                Region = $"region-{i % 20}",
                Capacity = new() { BandwidthKbps = random.Next(100_000), Connections = random.Next(1000) },
                Timing = new() { RecordLifetime = TimeSpan.FromHours(24) },
            };
            PeerEndPoint endPoint = FullNode.RandomEndPoint(random);
            SignedItem item = PeerRecord.Create(identity, network, options, [endPoint], SequenceClock.ToSequence(s_now));
            PeerRecord.TryParse(item, network, s_now, out PeerRecord? record, out _);
            _records[i] = record!;
            Observe(_spread, record!, random.Next(1, 400));
        }
        Bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        _alike = Create(network);
        // All behind one address, as on one machine: the worst case for a choice that must not be all alike.
        DiscoveryOptions plain = new() { Timing = new() { RecordLifetime = TimeSpan.FromHours(24) } };
        for (int i = 0; i < Count; i++)
        {
            random.NextBytes(seed);
            using PeerIdentity identity = PeerIdentity.FromSeed(seed);
            SignedItem item = PeerRecord.Create(identity, network, plain, [new PeerEndPoint(IPAddress.Loopback, i + 1)], SequenceClock.ToSequence(s_now));
            PeerRecord.TryParse(item, network, s_now, out PeerRecord? record, out _);
            Observe(_alike, record!, 1);
        }
    }

    [Benchmark, Goal(200_000, Bytes = 16_384)]
    public int Recommend10() => _spread.Best(10, null).Count;

    [Benchmark, Goal(200_000, Bytes = 16_384)]
    public int Recommend10OfOneNetwork() => _alike.Best(10, null).Count;

    /// <summary>Ten in ten thousand match: every peer is looked at.</summary>
    [Benchmark, Goal(200_000, Bytes = 16_384)]
    public int Recommend10Rare() => _spread.Best(10, s_rare).Count;

    [Benchmark]
    public int ListAll() => _spread.List().Count;

    [Benchmark]
    public int Statistics() => _spread.GetStatistics().Total;

    [Benchmark]
    public int OrderForSampling() => _spread.SamplingOrder(TimeSpan.FromSeconds(30), s_now).Count;

    /// <summary>A known peer answers: another score, another place.</summary>
    [Benchmark]
    public int Observe()
    {
        int i = _next = (_next + 7919) % Count;
        return Observe(_spread, _records[i], 1 + i % 400) is null ? 0 : 1;
    }

    [Benchmark]
    public int RescoreAll()
    {
        _spread.Rescore(s_now + TimeSpan.FromMinutes(_next = (_next + 1) % 1000));
        return _next;
    }

    private static PeerRegistry Create(NodeId network) => new(Count, new(PeerScoring.Default), default, network, new(new Random(1)));

    private static PeerInfo? Observe(PeerRegistry registry, PeerRecord record, int milliseconds) =>
        registry.Observe(record, record.EndPoints[0], TimeSpan.FromMilliseconds(milliseconds), "global", s_now, NetworkCoordinate.Origin);
}
