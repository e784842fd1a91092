using Discovery.Simulation.Adversaries;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>A few addresses try to fill the routing tables of victims with ids made to measure, and lie to them whatever they ask. From then on only the victims look for anything.</summary>
/// <param name="Addresses">The addresses.</param>
/// <param name="Victims">How many victims: half of them are nodes of long standing, half join when the attack has begun.</param>
/// <param name="Ports">The ports of each address that try to enter tables; as many others wait to be named.</param>
/// <param name="Lies">What the victims are told.</param>
public sealed record TablePoisoning(int Addresses = 5, int Victims = 20, int Ports = 64, Lies Lies = Lies.NameMasks) : Fault
{
    /// <summary>The addresses: 1 to 10 000.</summary>
    public int Addresses { get; } = Check.Within(Addresses, 1, MostAddresses);

    /// <summary>How many victims: 2 to 10 000.</summary>
    public int Victims { get; } = Check.Within(Victims, 2, MostVictims);

    /// <summary>The ports of each address: 1 to 10 000.</summary>
    public int Ports { get; } = Check.Within(Ports, 1, 10_000);

    /// <summary>What they say.</summary>
    public Lies Lies { get; } = Check.Known(Lies);

    internal override void Apply(DhtWorld world)
    {
        world.Upset(ForEver);
        for (int i = Victims / 2; i > 0 && world.RandomMember() is { } member; i--)
            world.Askers.Add(member);
        Attacks.Poison(Conspiracy.AgainstAll(world, Lies), world.Askers, AddressBudget.Draw(world, Addresses), Ports);
        for (int i = Victims - Victims / 2; i > 0; i--)
            world.Askers.Add(world.Join());
    }

    internal override string ToCode() => $"new {nameof(TablePoisoning)}({Code.Of(Addresses)}, {Code.Of(Victims)}, {Code.Of(Ports)}, {Code.Of(Lies)})";
}
