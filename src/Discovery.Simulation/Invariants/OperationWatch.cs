using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation.Invariants;

/// <summary>Watches that what is begun comes to an end.</summary>
internal sealed class OperationWatch
{
    /// <summary>Many times what a lookup needs: 256 queries at most, five at a time, and the budget lets 50 strangers be asked each second.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly List<(KademliaHost Host, Operation Operation, TimeSpan Since)> _running = [];

    public void Add(KademliaHost host, Operation operation, TimeSpan now) => _running.Add((host, operation, now));

    /// <summary>Drops what has ended.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Check(TimeSpan now)
    {
        _running.RemoveAll(static running => running.Operation.IsReported || !running.Host.IsUp);
        int stuck = _running.FindIndex(running => running.Since + Limit < now);
        if (stuck < 0)
            return null;
        (KademliaHost host, Operation operation, TimeSpan since) = _running[stuck];
        _running.RemoveAt(stuck);
        return $"{operation.GetType().Name} at {host.EndPoint} has run for {(now - since).TotalSeconds:F0} s; {host.Node.InFlight} queries are in flight, {host.Node.Waiting} wait";
    }

    /// <summary>Whether a node waits for the end of walks that it no longer makes.</summary>
    public static string? CheckIdle(KademliaHost host) =>
        (host.Family.IsBootstrapping || host.Family.IsLookingRound) && host.Node.InFlight == 0 && host.Node.Waiting == 0
            ? $"{host.EndPoint} waits for walks, and asks nobody"
            : null;
}
