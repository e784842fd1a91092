using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>A part of all nodes becomes slow: each datagram leaves them late.</summary>
/// <param name="Part">The part, 0 to 1.</param>
/// <param name="Delay">How late; zero makes them as quick as the others again.</param>
public sealed record SlowNodes(double Part, TimeSpan Delay) : Fault
{
    /// <summary>The part of the nodes that becomes slow, 0 to 1.</summary>
    public double Part { get; } = CheckPart(Part);

    /// <summary>How late their datagrams leave. Not negative.</summary>
    public TimeSpan Delay { get; } = Delay >= TimeSpan.Zero ? Delay : throw new ArgumentOutOfRangeException(nameof(Delay), Delay, "Nothing leaves before it is sent.");

    internal override void Apply(DhtWorld world)
    {
        foreach (KademliaHost host in world.Choose(Part))
            host.SendDelay = Delay;
    }

    internal override string ToCode() => $"new {nameof(SlowNodes)}({Code.Of(Part)}, {Code.Of(Delay)})";
}
