using Discovery.Simulation.Adversaries;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>A part of all nodes, who have taken part like others and stored what they were given, turns out to be one party that hides every key that is looked for.</summary>
/// <param name="Part">The part, 0 to 1.</param>
/// <param name="Lies">What they say.</param>
public sealed record SybilSpread(double Part, Lies Lies = Lies.NameFriends) : Fault
{
    /// <summary>The part of the nodes that lies, 0 to 1.</summary>
    public double Part { get; } = Check.Part(Part);

    /// <summary>What they say.</summary>
    public Lies Lies { get; } = Check.Known(Lies);

    internal override void Apply(DhtWorld world)
    {
        if (Part == 0)
            return;
        world.Upset(ForEver);
        Attacks.Spread(Conspiracy.AgainstAll(world, Lies), Part);
    }

    internal override string ToCode() => $"new {nameof(SybilSpread)}({Code.Of(Part)}, {Code.Of(Lies)})";
}
