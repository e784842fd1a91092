using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>A part of all nodes becomes slow: each datagram leaves them late.</summary>
/// <param name="Part">The part, 0 to 1.</param>
/// <param name="Delay">How late: 0 to 1 hour. Zero makes them as quick as the others again.</param>
public sealed record SlowNodes(double Part, TimeSpan Delay) : Fault
{
    /// <summary>The part of the nodes that becomes slow, 0 to 1.</summary>
    public double Part { get; } = Check.Part(Part);

    /// <summary>How late their datagrams leave: 0 to 1 hour.</summary>
    public TimeSpan Delay { get; } = Check.Within(Delay, TimeSpan.Zero, TimeSpan.FromHours(1));

    internal override void Apply(DhtWorld world)
    {
        foreach (KademliaHost host in world.Choose(Part))
            host.SendDelay = Delay;
    }

    internal override string ToCode() => $"new {nameof(SlowNodes)}({Code.Of(Part)}, {Code.Of(Delay)})";
}
