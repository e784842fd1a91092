using System.Runtime.InteropServices;
using Discovery.Kademlia;
using Discovery.Simulation.Engine;

namespace Discovery.Simulation.Dht;

/// <summary>The lookups of a simulation, and what became of them.</summary>
internal sealed class LookupLog
{
    private const int Windows = 60;

    private sealed record Running(KademliaHost Host, TimeSpan StartedAt, bool IsExpired)
    {
        public TimeSpan? FirstAt { get; set; }
    }

    private readonly record struct Finished(TimeSpan StartedAt, double? FirstMs, double CompleteMs, int Hops, int Messages, int Wanted, int Reached, bool IsCalm, bool IsExpired)
    {
        /// <summary>Whether it had something to find, and found it.</summary>
        public bool IsSuccess => FirstMs is not null && !IsExpired;
    }

    private readonly DhtWorld _world;
    private TimeSpan _begin;
    private readonly GroundTruth _truth;
    private readonly List<Finished> _finished = [];
    private readonly Dictionary<Lookup, Running> _running = [];

    public LookupLog(DhtWorld world)
    {
        (_world, _begin, _truth) = (world, world.Now, new(world));
        world.Gone += Abandon;
    }

    /// <summary>Lookups under way.</summary>
    public int InFlight => _running.Count;

    /// <summary>How many nodes the lookups should have ended with that were made while nothing was the matter, and with how many of them they did.</summary>
    public (long Wanted, long Reached) Calm =>
        (_finished.Where(static lookup => lookup.IsCalm).Sum(static lookup => (long)lookup.Wanted), _finished.Where(static lookup => lookup.IsCalm).Sum(static lookup => (long)lookup.Reached));

    /// <summary>Told of each lookup that begins.</summary>
    public Action<KademliaHost, Operation>? Started { get; set; }

    /// <summary>Lookups that have ended.</summary>
    public int Count => _finished.Count;

    /// <summary>From now on time is counted.</summary>
    public TimeSpan Begin() => _begin = _world.Now;

    /// <summary>Looks for what is under a key: an item when one was stored there, else who announced himself.</summary>
    public void Start(KademliaHost host, NodeId key)
    {
        if (_world.Items.Newest(key) is { } item)
            StartGet(host, item);
        else
            StartGetPeers(host, key);
    }

    public SimulationReport Report(Scenario scenario, ulong seed)
    {
        double[] latencies = [.. Latencies(_finished).Order()];
        int expired = _finished.Count(static lookup => lookup.IsExpired);
        return new()
        {
            Scenario = scenario,
            Seed = seed,
            History = _world.Internet.History,
            Lookups = _finished.Count,
            Expired = expired,
            Success = (double)latencies.Length / (_finished.Count - expired),
            Recall = Recall(_finished),
            CalmLookups = _finished.Count(static lookup => lookup.IsCalm && lookup.Wanted > 0),
            Wanted = Calm.Wanted,
            Reached = Calm.Reached,
            LatencyMs = Quantiles.Of(latencies),
            CompleteMs = Quantiles.Of(_finished.Select(static lookup => lookup.CompleteMs)),
            Hops = _finished.Select(static lookup => (double)lookup.Hops).DefaultIfEmpty(double.NaN).Average(),
            MessagesPerLookup = _finished.Select(static lookup => (double)lookup.Messages).DefaultIfEmpty(double.NaN).Average(),
            BytesPerNode = 0,
            Datagrams = _world.Internet.Delivered,
            DatagramsPerSecond = 0,
            WallSeconds = 0,
            LatenciesMs = latencies,
            HopCounts = CountHops(),
            Timeline = Timeline(scenario.Duration),
        };
    }

    private void StartGetPeers(KademliaHost host, NodeId key)
    {
        Running running = new(host, _world.Now, !_world.Announcements.IsAlive(key, host));
        GetPeersLookup lookup = host.Call(_world.Now, (node, local) => node.GetPeers(key, true, local, _ => running.FirstAt ??= _world.Now));
        Start(lookup, running);
    }

    /// <summary>Looks for an item. Only its newest version counts as found.</summary>
    private void StartGet(KademliaHost host, FoundItem item)
    {
        Running running = new(host, _world.Now, !_world.Announcements.IsAlive(item.Target, host));
        GetItemLookup lookup = host.Call(_world.Now, (node, local) => node.GetItem(item.Target, default, true, local));
        lookup.ItemFound = Take;
        if (lookup.Item is { } own)
            Take(own);
        Start(lookup, running);

        void Take(FoundItem version) => running.FirstAt = version.Sequence == item.Sequence ? _world.Now : null;
    }

    private static double Recall(IEnumerable<Finished> lookups)
    {
        long wanted = 0, reached = 0;
        foreach (Finished lookup in lookups)
            (wanted, reached) = (wanted + lookup.Wanted, reached + lookup.Reached);
        return (double)reached / wanted;
    }

    private static IEnumerable<double> Latencies(IEnumerable<Finished> lookups) => lookups.Where(static lookup => lookup.IsSuccess).Select(static lookup => lookup.FirstMs!.Value);

    private int[] CountHops()
    {
        int[] counts = new int[_finished.Count == 0 ? 0 : 1 + _finished.Max(static lookup => lookup.Hops)];
        foreach (ref readonly Finished lookup in CollectionsMarshal.AsSpan(_finished))
            counts[lookup.Hops]++;
        return counts;
    }

    private List<TimelineWindow> Timeline(TimeSpan duration)
    {
        TimeSpan width = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(duration.TotalSeconds / Windows)));
        ILookup<long, Finished> byWindow = _finished.ToLookup(lookup => (lookup.StartedAt - _begin) / width is var at ? (long)at : 0);
        List<TimelineWindow> windows = [];
        for (TimeSpan from = TimeSpan.Zero; from < duration; from += width)
        {
            Finished[] lookups = [.. byWindow[windows.Count]];
            int expired = lookups.Count(static lookup => lookup.IsExpired);
            double success = (double)lookups.Count(static lookup => lookup.IsSuccess) / (lookups.Length - expired);
            windows.Add(new(from, lookups.Length, success, Recall(lookups), Quantiles.Of(Latencies(lookups))) { Expired = expired });
        }
        return windows;
    }

    private void Abandon(KademliaHost host)
    {
        foreach ((Lookup lookup, Running running) in _running)
            if (running.Host == host)
                _running.Remove(lookup);
    }

    private void Start(Lookup lookup, Running running)
    {
        lookup.Completed = _ => ListenerFailure.Guard(() => Finish(lookup, running));
        _running.Add(lookup, running);
        Started?.Invoke(running.Host, lookup);
        _world.Start(running.Host, lookup);
    }

    private void Finish(Lookup lookup, Running running)
    {
        // Whatever is found by a host that is gone, nobody waits for it.
        if (!_running.Remove(lookup))
            return;
        TimeSpan started = running.StartedAt;
        // An immutable item ends its search, which then has not gone all the way.
        (int wanted, int reached) = lookup is GetItemLookup { Item.IsMutable: false } ? (0, 0) : _truth.Judge(running.Host, lookup, started);
        _finished.Add(new(started, (running.FirstAt - started)?.TotalMilliseconds, (_world.Now - started).TotalMilliseconds, lookup.Hops, lookup.Queried + lookup.Answered, wanted, reached, started >= _world.CalmFrom, running.IsExpired));
    }
}
