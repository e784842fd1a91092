using Discovery.Simulation.Adversaries;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>Many new nodes of one party crowd round every key that is looked for, each key with addresses of its own, make themselves known to the nodes there, and hide the key.</summary>
/// <param name="Addresses">The addresses for each key.</param>
/// <param name="HasBoundIds">Whether each bears the nearest id that BEP 42 allows at its address, where nodes prefer such ids; else it is as near as it wants.</param>
/// <param name="PerSubnet">How many of the addresses lie in one /24: 1 to 250.</param>
/// <param name="Lies">What they say.</param>
public sealed record SybilPacked(int Addresses, bool HasBoundIds, int PerSubnet = 1, Lies Lies = Lies.NameFriends) : Fault
{
    /// <summary>The addresses for each key: 1 to 10 000.</summary>
    public int Addresses { get; } = Check.Within(Addresses, 1, MostAddresses);

    /// <summary>How many of the addresses lie in one /24: 1 to 250.</summary>
    public int PerSubnet { get; } = Check.Within(PerSubnet, 1, 250);

    /// <summary>What they say.</summary>
    public Lies Lies { get; } = Check.Known(Lies);

    internal override void Apply(DhtWorld world)
    {
        world.Upset(ForEver);
        Conspiracy party = Conspiracy.AgainstAll(world, Lies);
        foreach (NodeId key in world.Keys)
            Attacks.Pack(party, key, AddressBudget.Draw(world, Addresses, PerSubnet), HasBoundIds && world.Options.Tuning.PrefersBoundIds);
    }

    internal override string ToCode() =>
        $"new {nameof(SybilPacked)}({Code.Of(Addresses)}, {Code.Of(HasBoundIds)}, {Code.Of(PerSubnet)}, {Code.Of(Lies)})";
}
