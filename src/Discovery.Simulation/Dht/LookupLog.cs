using Discovery.Kademlia;

namespace Discovery.Simulation.Dht;

/// <summary>The lookups of a simulation, and what became of them.</summary>
internal sealed class LookupLog(DhtWorld world)
{
    private readonly List<(double? FirstMs, double CompleteMs, int Hops, int Messages)> _finished = [];
    private int _wanted, _reached;

    public int Running { get; private set; }

    public void Start(KademliaHost host, NodeId key)
    {
        GetPeersLookup lookup = host.Node.GetPeers(key, true, world.Now);
        lookup.Completed = _ => Finished(lookup);
        Running++;
        world.Start(host, lookup);
    }

    public SimulationReport Report(Scenario scenario, ulong seed, long bytesPerNode, double datagramsPerSecond) => new()
    {
        Scenario = scenario,
        Seed = seed,
        History = world.Internet.History,
        Lookups = _finished.Count,
        Success = (double)_finished.Count(static lookup => lookup.FirstMs is not null) / _finished.Count,
        Recall = (double)_reached / _wanted,
        LatencyMs = Quantiles.Of(_finished.Where(static lookup => lookup.FirstMs is not null).Select(static lookup => lookup.FirstMs!.Value)),
        CompleteMs = Quantiles.Of(_finished.Select(static lookup => lookup.CompleteMs)),
        Hops = _finished.Average(static lookup => lookup.Hops),
        MessagesPerLookup = _finished.Average(static lookup => lookup.Messages),
        BytesPerNode = bytesPerNode,
        Datagrams = world.Internet.Delivered,
        DatagramsPerSecond = datagramsPerSecond,
    };

    private void Finished(GetPeersLookup lookup)
    {
        Running--;
        TimeSpan started = lookup.StartedAt;
        _finished.Add(((lookup.FirstPeerAt - started)?.TotalMilliseconds, (lookup.FinishedAt!.Value - started).TotalMilliseconds, lookup.Hops, lookup.Queried + lookup.Answered));
        HashSet<NodeId> found = [.. lookup.Responders.Take(RoutingTable.K).Select(static node => node.Id), lookup.Own!.Value];
        foreach (KademliaHost host in world.Nodes.Closest(lookup.Target, RoutingTable.K, host => host.BornAt < started))
        {
            _wanted++;
            if (found.Contains(host.Id))
                _reached++;
        }
    }
}
