using System.Diagnostics;
using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>Runs scenarios.</summary>
public static class Simulator
{
    /// <summary>Runs a scenario. The same scenario and seed give the same history on every machine.</summary>
    public static SimulationReport Run(Scenario scenario, ulong seed) => Run(scenario, seed, KademliaTuning.Default);

    internal static SimulationReport Run(Scenario scenario, ulong seed, KademliaTuning tuning)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        long started = Stopwatch.GetTimestamp();
        using DhtWorld world = new(seed, new KademliaOptions { IsPublic = true, Tuning = tuning }, scenario.Conditions);
        world.Settle(scenario.Nodes, scenario.DeadEntries);
        List<NodeId> keys = Announce(world, scenario);
        LookupLog log = new(world);
        for (int i = 0; i < scenario.Lookups; i++)
            world.Internet.At(world.Now + scenario.Duration * world.Random.NextDouble(), () => log.Start(world.RandomNode(), keys[world.Random.Next(keys.Count)]));
        if (scenario.Churn is { } churn)
            Churn(world, churn);
        started = Stopwatch.GetTimestamp();
        long sent = world.Internet.Sent;
        world.Internet.RunUntil(world.Now + scenario.Duration);
        world.Internet.RunUntil(() => log.Running == 0, world.Now + TimeSpan.FromMinutes(1));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        sent = world.Internet.Sent - sent;
        return log.Report(scenario, seed, (GC.GetTotalMemory(forceFullCollection: true) - memory) / scenario.Nodes, sent / seconds);
    }

    private static List<NodeId> Announce(DhtWorld world, Scenario scenario)
    {
        List<NodeId> keys = [];
        int running = 0;
        for (int i = 0; i < scenario.Keys; i++)
        {
            NodeId key = NodeId.CreateRandom(world.Random);
            keys.Add(key);
            KademliaHost host = world.RandomNode();
            running++;
            AnnounceLookup announce = host.Node.Announce(key, 0, true, world.Now);
            announce.Completed = _ => running--;
            world.Start(host, announce);
        }
        world.Internet.RunUntil(() => running == 0, world.Now + TimeSpan.FromMinutes(2));
        return keys;
    }

    private static void Churn(DhtWorld world, SessionLength length)
    {
        // What is left of a session that is under way; for the exponential distribution it is as long as a whole one.
        for (int i = 0; i < world.Nodes.Count; i++)
            EndLater(world.Nodes[i]);

        void EndLater(KademliaHost host) => world.Internet.At(world.Now + length.Draw(world.Random), () =>
        {
            world.Stop(host);
            EndLater(world.Join());
        });
    }
}
