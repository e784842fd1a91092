using Discovery.Kademlia;
using Discovery.Simulation;

namespace Discovery.Simulations;

/// <summary>Runs a scenario once, with the library's own parameters or with those of plain Kademlia. Tests put something else in its place.</summary>
internal delegate SimulationReport Simulate(Scenario scenario, ulong seed, bool isPlain, IProgress<SimulationProgress>? progress, CancellationToken cancellationToken);

/// <summary>The simulator itself.</summary>
internal static class RealSimulator
{
    public static SimulationReport Run(Scenario scenario, ulong seed, bool isPlain, IProgress<SimulationProgress>? progress, CancellationToken cancellationToken) =>
        Simulator.Run(scenario, seed, isPlain ? KademliaTuning.Plain : KademliaTuning.Default, progress, cancellationToken);
}
