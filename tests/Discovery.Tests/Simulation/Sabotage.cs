using Discovery.Simulation;
using Discovery.Simulation.Dht;

namespace Discovery.Tests.Simulation;

/// <summary>A fault that no simulation knows.</summary>
internal sealed record Sabotage(string Name, Action<DhtWorld> Act) : Fault
{
    internal override void Apply(DhtWorld world) => Act(world);

    internal override string ToCode() => Name;
}
