using Discovery.Kademlia;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>One run of a scenario: the network is made, its keys are announced, then lookups and faults take their course.</summary>
internal sealed class ScenarioRun(Scenario scenario, DhtWorld world, bool isPlain, IProgress<SimulationProgress>? progress)
{
    private const int Reports = 200;

    private static readonly TimeSpan AnnouncementLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LastLookupsLimit = TimeSpan.FromMinutes(1);

    public void Prepare(CancellationToken cancellationToken)
    {
        progress?.Report(new(isPlain, 0, 0, 0));
        world.Settle(scenario.Nodes, scenario.DeadEntries);
        cancellationToken.ThrowIfCancellationRequested();
        if (scenario.Workload == Workload.Items)
            world.Items.Store(scenario.Keys);
        else
            Announce();
    }

    public LookupLog Play(CancellationToken cancellationToken)
    {
        TimeSpan begin = world.Now;
        LookupLog log = new(world);
        for (int i = 0; i < scenario.Lookups; i++)
            world.Internet.At(begin + scenario.FirstLookup + (scenario.Duration - scenario.FirstLookup) * world.Random.NextDouble(),
                () => log.Start(world.RandomAsker(), world.Keys[world.Random.Next(world.Keys.Count)]));
        if (scenario.Churn is { } sessions)
            new Churn(world, sessions).Begin();
        foreach ((TimeSpan time, Fault fault) in scenario.Steps)
            if (time <= scenario.Duration)
                world.Internet.At(begin + time, () => fault.Apply(world));
        for (int i = 1; i <= Reports; i++)
        {
            world.Internet.RunUntil(begin + scenario.Duration * i / Reports);
            progress?.Report(new(isPlain, (double)i / Reports, log.Count, world.Internet.Sent));
            cancellationToken.ThrowIfCancellationRequested();
        }
        world.Internet.RunUntil(() => log.InFlight == 0, world.Now + LastLookupsLimit);
        return log;
    }

    private void Announce()
    {
        int running = 0;
        for (int i = 0; i < scenario.Keys; i++)
        {
            NodeId key = NodeId.CreateRandom(world.Random);
            world.Keys.Add(key);
            KademliaHost host = world.RandomNode();
            running++;
            AnnounceLookup announce = host.Node.Announce(key, 0, true, world.Now);
            announce.Completed = _ => running--;
            world.Start(host, announce);
        }
        world.Internet.RunUntil(() => running == 0, world.Now + AnnouncementLimit);
    }
}
