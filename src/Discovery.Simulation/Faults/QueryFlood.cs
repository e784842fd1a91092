using Discovery.Simulation.Adversaries;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>A few addresses ask a few nodes far more than they may. From then on only those nodes look for anything.</summary>
/// <param name="Addresses">The addresses.</param>
/// <param name="Victims">How many nodes are flooded.</param>
/// <param name="PerSecond">Queries of each address to each of them in a second.</param>
public sealed record QueryFlood(int Addresses = 5, int Victims = 4, int PerSecond = 100) : Fault
{
    /// <summary>The addresses: at least 1.</summary>
    public int Addresses { get; } = Addresses >= 1 ? Addresses : throw new ArgumentOutOfRangeException(nameof(Addresses), Addresses, "Nobody floods without an address.");

    /// <summary>How many nodes are flooded: at least 1.</summary>
    public int Victims { get; } = Victims >= 1 ? Victims : throw new ArgumentOutOfRangeException(nameof(Victims), Victims, "Somebody is flooded.");

    /// <summary>Queries in a second: at least 1.</summary>
    public int PerSecond { get; } = PerSecond >= 1 ? PerSecond : throw new ArgumentOutOfRangeException(nameof(PerSecond), PerSecond, "A flood is made of queries.");

    internal override void Apply(DhtWorld world)
    {
        for (int i = 0; i < Victims && world.RandomMember() is { } member; i++)
            world.Askers.Add(member);
        Attacks.Flood(new Conspiracy(world, Lies.None), world.Askers, AddressBudget.Draw(world, Addresses), PerSecond);
    }

    internal override string ToCode() => $"new {nameof(QueryFlood)}({Code.Of(Addresses)}, {Code.Of(Victims)}, {Code.Of(PerSecond)})";
}
