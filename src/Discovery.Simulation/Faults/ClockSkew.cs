using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>The clocks of a part of all nodes go wrong.</summary>
/// <param name="Part">The part, 0 to 1.</param>
/// <param name="Rate">How fast they go from now on: 1 is right, 1.01 gains 36 s in an hour. 0.01 to 100.</param>
/// <param name="Jump">By how much they jump ahead now, as when a computer wakes up. 0 to 365 days: monotonic clocks never go back.</param>
public sealed record ClockSkew(double Part, double Rate, TimeSpan Jump = default) : Fault
{
    /// <summary>The part of the nodes whose clocks go wrong, 0 to 1.</summary>
    public double Part { get; } = Check.Part(Part);

    /// <summary>How fast they go: 1 is right. 0.01 to 100.</summary>
    public double Rate { get; } = Check.Within(Rate, 0.01, 100);

    /// <summary>By how much they jump ahead: 0 to 365 days.</summary>
    public TimeSpan Jump { get; } = Check.Within(Jump, TimeSpan.Zero, ScenarioRanges.Longest);

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
