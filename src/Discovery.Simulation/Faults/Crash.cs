using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>A part of all nodes crashes. What they know of others is on their disks, for <see cref="Restart"/>; everything else is lost.</summary>
/// <param name="Part">The part, 0 to 1.</param>
public sealed record Crash(double Part) : Fault
{
    /// <summary>The part of the nodes that crashes, 0 to 1.</summary>
    public double Part { get; } = Check.Part(Part);

    internal override void Apply(DhtWorld world)
    {
        foreach (KademliaHost host in world.Choose(Part))
        {
            world.Upset(RecoveryFromLoss);
            world.Crash(host);
        }
    }

    internal override string ToCode() => $"new {nameof(Crash)}({Code.Of(Part)})";
}

/// <summary>All nodes that have crashed start again, with the state that they had saved.</summary>
/// <remarks>When all nodes had crashed and each comes back at another address, nobody knows where anybody is: there is no network any more, and nothing is found in it.</remarks>
/// <param name="Moves">Whether each comes back at another address, as after a night; its id must follow (BEP 42), and it finds that out itself.</param>
public sealed record Restart(bool Moves = false) : Fault
{
    internal override void Apply(DhtWorld world) => world.RestartCrashed(Moves);

    internal override string ToCode() => $"new {nameof(Restart)}({(Moves ? $"{nameof(Moves)}: true" : "")})";
}
