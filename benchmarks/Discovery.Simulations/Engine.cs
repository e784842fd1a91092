using Discovery.Kademlia;
using Discovery.Simulation;

namespace Discovery.Simulations;

/// <summary>Runs a scenario once.</summary>
/// <param name="scenario">What is simulated.</param>
/// <param name="seed">The seed.</param>
/// <param name="isPlain">Whether with the parameters of plain Kademlia instead of the library's own.</param>
/// <param name="progress">Told how far it is; null for one of many simulations at a time, of which memory is not measured either.</param>
/// <param name="cancellationToken">Ends it.</param>
internal delegate SimulationReport Simulate(Scenario scenario, ulong seed, bool isPlain, IProgress<SimulationProgress>? progress, CancellationToken cancellationToken);

/// <summary>Makes the scenario of a report that broke something smaller.</summary>
internal delegate Scenario Shrink(SimulationReport report, CancellationToken cancellationToken);

/// <summary>What runs scenarios; tests put something else in the place of the simulator.</summary>
internal sealed record Engine(Simulate Simulate, Shrink Shrink)
{
    public static readonly Engine Real = new(Run, Simulator.Shrink);

    private static SimulationReport Run(Scenario scenario, ulong seed, bool isPlain, IProgress<SimulationProgress>? progress, CancellationToken cancellationToken) =>
        progress is null ? Simulator.RunUnmeasured(scenario, seed, cancellationToken)
        : Simulator.Run(scenario, seed, isPlain ? KademliaTuning.Plain : KademliaTuning.Default, progress, cancellationToken);
}
