using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>The clocks of a part of all nodes go wrong.</summary>
/// <param name="Part">The part, 0 to 1.</param>
/// <param name="Rate">How fast they go from now on: 1 is right, 1.01 gains 36 s in an hour. Larger than 0.</param>
/// <param name="Jump">By how much they jump ahead now, as when a computer wakes up. Not negative: monotonic clocks never go back.</param>
public sealed record ClockSkew(double Part, double Rate, TimeSpan Jump = default) : Fault
{
    /// <summary>The part of the nodes whose clocks go wrong, 0 to 1.</summary>
    public double Part { get; } = CheckPart(Part);

    /// <summary>How fast they go: 1 is right. Larger than 0.</summary>
    public double Rate { get; } = Rate > 0 ? Rate : throw new ArgumentOutOfRangeException(nameof(Rate), Rate, "A clock goes forward.");

    /// <summary>By how much they jump ahead.</summary>
    public TimeSpan Jump { get; } = Jump >= TimeSpan.Zero ? Jump : throw new ArgumentOutOfRangeException(nameof(Jump), Jump, "A monotonic clock never goes back.");

    internal override void Apply(DhtWorld world)
    {
        foreach (KademliaHost host in world.Choose(Part))
        {
            host.Clock.Set(world.Now, Rate, Jump);
            world.Internet.Flush(host);
        }
    }

    internal override string ToCode() => $"new {nameof(ClockSkew)}({Code.Of(Part)}, {Code.Of(Rate)}{(Jump == TimeSpan.Zero ? "" : $", {Code.Of(Jump)}")})";
}
