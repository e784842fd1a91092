namespace Discovery.Simulation;

/// <summary>The scenarios that come with the simulator.</summary>
public static class ScenarioCatalog
{
    private static readonly SessionLength Hour = new SessionLength.Exponential(TimeSpan.FromHours(1));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Scenario.Create("steady").WithDescription("Nobody comes or goes, and no datagram is lost."),
        Scenario.Create("churn").WithDescription("Nodes stay for an hour on average; 1 % of all datagrams are lost.")
            .WithLoss(0.01).WithChurn(Hour).WithLookups(2000, TimeSpan.FromMinutes(10)),
        Scenario.Create("dead20").WithDescription("A fifth of all entries of the routing tables is dead, nodes stay for an hour on average, 1 % of all datagrams are lost.")
            .WithNodes(10_000).WithLoss(0.01).WithJitter(0.1).WithDeadEntries(0.2).WithChurn(Hour).WithLookups(5000, TimeSpan.FromMinutes(5)),
        Scenario.Create("mass-kill").WithDescription("After a minute 30 % of all nodes vanish at once.")
            .WithLoss(0.01).WithChurn(Hour).WithLookups(3000, TimeSpan.FromMinutes(10))
            .At(TimeSpan.FromMinutes(1), new MassKill(0.3)),
        Scenario.Create("partition").WithDescription("The network falls into halves for an hour and is whole again for twenty minutes.")
            .WithLoss(0.01).WithChurn(Hour).WithLookups(5000, TimeSpan.FromMinutes(85))
            .At(TimeSpan.FromMinutes(5), new Partition()).At(TimeSpan.FromMinutes(65), new Heal()),
        Scenario.Create("sybil-spread").WithDescription("A fifth of all nodes are one party that hides the items stored before: it denies them, gives out old versions, and names its own ports under ids made to measure.")
            .WithLoss(0.01).LookingFor(Workload.Items).WithKeys(100).StartingLookups(TimeSpan.FromMinutes(5)).WithLookups(2000, TimeSpan.FromMinutes(10))
            .At(TimeSpan.Zero, new SybilSpread(0.2, Lies.NameMasks | Lies.Replay)),
        Scenario.Create("sybil-packed").WithDescription("200 nodes of one party crowd round each of ten items, as near as BEP 42 lets their addresses, and hide it.")
            .WithLoss(0.01).LookingFor(Workload.Items).WithKeys(10).StartingLookups(TimeSpan.FromMinutes(5)).WithLookups(2000, TimeSpan.FromMinutes(10))
            .At(TimeSpan.Zero, new SybilPacked(200, HasBoundIds: true)),
        Scenario.Create("eclipse").WithDescription("Five addresses fill the tables of twenty victims, half of whom join under attack, and lie to whatever they ask; the victims look for items.")
            .WithLoss(0.01).LookingFor(Workload.Items).WithKeys(100).StartingLookups(TimeSpan.FromMinutes(5)).WithLookups(2000, TimeSpan.FromMinutes(10))
            .At(TimeSpan.Zero, new TablePoisoning(5)),
        Scenario.Create("mixed").WithDescription("300 nodes and all kinds of faults at once, drawn by the seed.")
            .WithNodes(300).WithKeys(30).WithItems(3).WithLookups(60, TimeSpan.FromSeconds(90)).WithRandomFaults(),
    ];

    /// <summary>The scenario of a name; null when there is none.</summary>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    public static Scenario? Find(string name)
    {
        Check.NotNull(name);
        return All.FirstOrDefault(scenario => scenario.Name == name);
    }
}
