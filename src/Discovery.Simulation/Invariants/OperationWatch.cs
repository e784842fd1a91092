using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation.Invariants;

/// <summary>Watches that what is begun comes to an end.</summary>
internal sealed class OperationWatch
{
    /// <summary>Many times what a lookup needs: 256 queries at most, five at a time, and the budget lets 50 strangers be asked each second.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>An operation, and for how long it has run until it was last looked at: a slow clock lets it wait longer, one that jumps ahead does not make it older.</summary>
    private sealed class Running(KademliaHost host, Operation operation, TimeSpan now)
    {
        private TimeSpan _now = now, _local = host.Clock.Read(now);

        public KademliaHost Host => host;

        public Operation Operation => operation;

        public TimeSpan For { get; private set; }

        public void Look(TimeSpan now)
        {
            TimeSpan local = host.Clock.Read(now), passed = now - _now, passedThere = local - _local;
            For += passed < passedThere ? passed : passedThere;
            (_now, _local) = (now, local);
        }
    }

    private readonly List<Running> _running = [];

    public void Add(KademliaHost host, Operation operation, TimeSpan now) => _running.Add(new(host, operation, now));

    /// <summary>Drops what has ended.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Check(TimeSpan now)
    {
        _running.RemoveAll(static running => running.Operation.IsReported || !running.Host.IsUp);
        foreach (Running running in _running)
            running.Look(now);
        int stuck = _running.FindIndex(static running => running.For > Limit);
        if (stuck < 0)
            return null;
        Running endless = _running[stuck];
        _running.RemoveAt(stuck);
        return $"{endless.Operation.GetType().Name} at {endless.Host.EndPoint} has run for {endless.For.TotalSeconds:F0} s; {endless.Host.Node.InFlight} queries are in flight, {endless.Host.Node.Waiting} wait";
    }

    /// <summary>Whether a node waits for the end of walks that it no longer makes.</summary>
    public static string? CheckIdle(KademliaHost host) =>
        (host.Family.IsBootstrapping || host.Family.IsLookingRound) && host.Node.InFlight == 0 && host.Node.Waiting == 0
            ? $"{host.EndPoint} waits for walks, and asks nobody"
            : null;
}
