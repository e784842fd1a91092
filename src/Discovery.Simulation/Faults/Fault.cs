using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>Something that befalls a simulated network. The faults that there are derive from this one: they are data, which can be compared and printed.</summary>
public abstract record Fault
{
    internal Fault() { }

    /// <summary>Lets it happen now.</summary>
    internal abstract void Apply(DhtWorld world);

    /// <summary>The C# expression that makes it.</summary>
    internal abstract string ToCode();

    /// <summary>The expression that makes it.</summary>
    public sealed override string ToString() => ToCode();

    internal static double CheckPart(double value) => value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A part is 0 to 1.");
}
