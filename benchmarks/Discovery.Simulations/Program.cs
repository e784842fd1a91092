using Discovery.Simulation;

// NAME SEED [NODES [LOOKUPS]]
Scenario scenario = ScenarioCatalog.Find(args[0])!;
if (args.Length > 2)
    scenario = scenario.WithNodes(int.Parse(args[2]));
if (args.Length > 3)
    scenario = scenario.WithLookups(int.Parse(args[3]));
SimulationReport report = Simulator.Run(scenario, ulong.Parse(args[1]), withPlain: true);
Console.WriteLine(report with { Scenario = null!, Plain = null });
Console.WriteLine(report.Plain! with { Scenario = null! });
foreach (TimelineWindow window in report.Timeline)
    Console.WriteLine(window);
