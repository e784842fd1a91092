using Discovery.Simulation.Adversaries;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>A few addresses ask a few nodes far more than they may. From then on only those nodes look for anything.</summary>
/// <param name="Addresses">The addresses.</param>
/// <param name="Victims">How many nodes are flooded.</param>
/// <param name="PerSecond">Queries of each address to each of them in a second.</param>
public sealed record QueryFlood(int Addresses = 5, int Victims = 4, int PerSecond = 100) : Fault
{
    /// <summary>The addresses: 1 to 10 000.</summary>
    public int Addresses { get; } = Check.Within(Addresses, 1, MostAddresses);

    /// <summary>How many nodes are flooded: 1 to 10 000.</summary>
    public int Victims { get; } = Check.Within(Victims, 1, MostVictims);

    /// <summary>Queries in a second: 1 to 100 000.</summary>
    public int PerSecond { get; } = Check.Within(PerSecond, 1, 100_000);

    internal override void Apply(DhtWorld world)
    {
        for (int i = 0; i < Victims && world.RandomMember() is { } member; i++)
            world.Askers.Add(member);
        Attacks.Flood(new Conspiracy(world, Lies.None), world.Askers, AddressBudget.Draw(world, Addresses), PerSecond);
    }

    internal override string ToCode() => $"new {nameof(QueryFlood)}({Code.Of(Addresses)}, {Code.Of(Victims)}, {Code.Of(PerSecond)})";
}
