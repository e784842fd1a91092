namespace Discovery.Simulation;

/// <summary>How far a simulation has come.</summary>
/// <param name="IsPlain">Whether it is the run with plain Kademlia parameters, which follows the other one.</param>
/// <param name="Part">The part of the run's virtual time that is over, 0 to 1; 0 while the network is being set up.</param>
/// <param name="Lookups">Lookups that have ended.</param>
/// <param name="Datagrams">Datagrams sent.</param>
public readonly record struct SimulationProgress(bool IsPlain, double Part, int Lookups, long Datagrams);
