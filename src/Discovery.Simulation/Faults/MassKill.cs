using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>A part of all nodes vanishes at once and for ever, without a farewell.</summary>
/// <param name="Part">The part, 0 to 1.</param>
public sealed record MassKill(double Part) : Fault
{
    /// <summary>The part of the nodes that vanishes, 0 to 1.</summary>
    public double Part { get; } = Check.Part(Part);

    internal override void Apply(DhtWorld world)
    {
        foreach (KademliaHost host in world.Choose(Part))
        {
            world.Upset(RecoveryFromLoss);
            world.Stop(host);
        }
    }

    internal override string ToCode() => $"new {nameof(MassKill)}({Code.Of(Part)})";
}
