using Discovery.Simulation.Dht;
using Discovery.Simulation.Engine;

namespace Discovery.Simulation;

/// <summary>The network falls into two sides between which nothing passes, until it heals. Whoever comes later is on one side or the other too.</summary>
/// <param name="Part">The part of the nodes on the first side, 0 to 1.</param>
public sealed record Partition(double Part = 0.5) : Fault
{
    /// <summary>The part of the nodes on the first side, 0 to 1.</summary>
    public double Part { get; } = Check.Part(Part);

    internal override void Apply(DhtWorld world)
    {
        if (Part is > 0 and < 1)
            world.Upset(RecoveryFromPartition);
        ulong salt = (ulong)world.Random.NextInt64();
        world.SideOf = endPoint => SimulationRandom.Mix(salt ^ (endPoint.IsIPv4 ? endPoint.IPv4Bits : endPoint.HighBits)) / (double)ulong.MaxValue < Part ? 0 : 1;
    }

    internal override string ToCode() => $"new {nameof(Partition)}({Code.Of(Part)})";
}

/// <summary>What was parted is one network again. Nobody is told: the nodes have to find out.</summary>
public sealed record Heal : Fault
{
    internal override void Apply(DhtWorld world)
    {
        if (world.SideOf is null)
            return;
        world.Upset(RecoveryFromPartition);
        world.SideOf = null;
    }

    internal override string ToCode() => $"new {nameof(Heal)}()";
}
