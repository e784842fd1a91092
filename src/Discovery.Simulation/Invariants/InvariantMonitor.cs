using Discovery.Kademlia;
using Discovery.Simulation.Dht;
using Discovery.Simulation.Engine;

namespace Discovery.Simulation.Invariants;

/// <summary>Looks all along whether what must always hold does: a few nodes each second of virtual time, every lookup, and all nodes at the end.</summary>
/// <remarks>It takes its chances from a source of its own and does nothing to the network: a run that is watched has the same history as one that is not.</remarks>
internal sealed class InvariantMonitor
{
    private const int NodesPerSecond = 2;
    private const int WatchedRates = 32;
    private const int MaxBroken = 20;

    /// <summary>The part of the nearest nodes that lookups must end with, over a run.</summary>
    internal const double MinRecall = 0.99;

    /// <summary>What a run may miss beside: two lookups, so that a short run does not fail by one whose node was cut off. Over many runs it does not add up, see <see cref="Simulator.RunSeeds"/>.</summary>
    private const int Pardoned = 2 * RoutingTable.K;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly DhtWorld _world;
    private readonly LookupLog _log;
    private readonly SimulationRandom _random;
    private readonly IdentityLedger _ledger;
    private readonly TableAudit _tables = new();
    private readonly OperationWatch _operations = new();
    private readonly List<BrokenInvariant> _broken = [];
    private readonly RoutingTableLimits? _limits;
    private readonly TimeSpan _begin;

    public InvariantMonitor(DhtWorld world, LookupLog log, ulong seed)
    {
        (_world, _log, _random, _ledger, _begin) = (world, log, new(~seed), new(world), world.Now);
        _limits = world.Options.Tuning.LimitsSubnets ? world.Options.Table : null;
        log.Started += (host, lookup) => _operations.Add(host, lookup, _world.Now);
        int stride = Math.Max(1, world.Nodes.Count / WatchedRates);
        for (int i = 0; i < world.Nodes.Count; i += stride)
            WatchRate(world.Nodes[i]);
        world.Joined += host =>
        {
            if (host.Index % stride == 0)
                WatchRate(host);
        };
        world.Gone += CheckRate;
        world.Breached += detail => Report(RuleNames.Token, detail);
        CheckLater();
    }

    /// <summary>What did not hold: the first few.</summary>
    public IReadOnlyList<BrokenInvariant> Broken => _broken;

    public void Report(string rule, string? detail)
    {
        if (detail is not null && _broken.Count < MaxBroken && !_broken.Exists(broken => broken.Invariant == rule && broken.Detail == detail))
            _broken.Add(new(rule, _world.Now - _begin, detail));
    }

    /// <summary>Looks at everything at the end.</summary>
    public void Finish()
    {
        for (int i = 0; i < _world.Nodes.Count; i++)
            Check(_world.Nodes[i]);
        Report(RuleNames.Endless, _operations.Check(_world.Now));
        (long wanted, long reached) = _log.Calm;
        if (reached < MinRecall * wanted - Pardoned)
            Report(RuleNames.Recall, $"{reached} of {wanted} of the nearest nodes were reached, {(double)reached / wanted:P2}, where {MinRecall:P0} less {Pardoned} are asked for");
    }

    /// <summary>Watches an operation until it ends.</summary>
    public void Watch(KademliaHost host, Operation operation) => _operations.Add(host, operation, _world.Now);

    private void CheckLater() => _world.Internet.At(_world.Now + Interval, () =>
    {
        for (int i = 0; i < NodesPerSecond && _world.Nodes.Count > 0; i++)
            Check(_world.Nodes[_random.Next(_world.Nodes.Count)]);
        Report(RuleNames.Endless, _operations.Check(_world.Now));
        CheckLater();
    });

    private void Check(KademliaHost host)
    {
        RoutingTable table = host.Family.Table;
        Report(RuleNames.Table, _tables.Check(table.Own, host.ReachedAt, table.Entries, table.Replacements, table.Capacity, _limits, HasAnswered) is { } wrong ? $"{host.EndPoint}: {wrong}" : null);
        Report(RuleNames.Memory, MemoryAudit.Check(host.Node, _world.Options) is { } much ? $"{host.EndPoint}: {much}" : null);
        Report(RuleNames.Endless, OperationWatch.CheckIdle(host));
        CheckRate(host);

        // The owner's clock tells when; if it is wrong, only whether.
        bool HasAnswered(in TableEntry entry) =>
            (host.Clock.IsRight ? _ledger.WasThere(entry.EndPoint, entry.Id, entry.LastSeen) : _ledger.WasThere(entry.EndPoint, entry.Id)) || _ledger.IsOther(entry.EndPoint);
    }

    private void WatchRate(KademliaHost host)
    {
        if (_world.Options.Budget is { } budget)
            host.Rate = new(budget);
    }

    private void CheckRate(KademliaHost host) => Report(RuleNames.Rate, host.Rate?.Excess is { } excess ? $"{host.EndPoint}: {excess}" : null);
}
