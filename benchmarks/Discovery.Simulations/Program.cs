using Discovery.Kademlia;
using Discovery.Simulation;

int nodes = int.Parse(args[0]);
Scenario scenario = new() { Name = "dead20", Nodes = nodes, DeadEntries = 0.2, Churn = new SessionLength.Exponential(TimeSpan.FromHours(1)), Conditions = new() { Loss = 0.01 }, Lookups = int.Parse(args[1]) };
foreach (KademliaTuning tuning in new[] { KademliaTuning.Default, KademliaTuning.Plain })
{
    SimulationReport report = Simulator.Run(scenario, ulong.Parse(args[2]), tuning);
    Console.WriteLine(report with { Scenario = null! });
}
