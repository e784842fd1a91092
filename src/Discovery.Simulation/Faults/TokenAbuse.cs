using Discovery.Simulation.Adversaries;
using Discovery.Simulation.Dht;

namespace Discovery.Simulation;

/// <summary>Strangers collect write tokens near the keys that are looked for, and store with foreign, stolen and old ones, or old records with the right ones. A node that lets them breaks a rule.</summary>
/// <param name="Addresses">The addresses that they have.</param>
public sealed record TokenAbuse(int Addresses = 10) : Fault
{
    private static readonly TimeSpan Reckoning = TimeSpan.FromSeconds(10);

    /// <summary>The addresses: 2 to 10 000, so that one can steal from another.</summary>
    public int Addresses { get; } = Check.Within(Addresses, 2, MostAddresses);

    internal override void Apply(DhtWorld world)
    {
        TokenLoot loot = Attacks.AbuseTokens(new Conspiracy(world, Lies.None), AddressBudget.Draw(world, Addresses));
        Reckon();

        void Reckon()
        {
            foreach (TokenAbuseKind kind in Enum.GetValues<TokenAbuseKind>())
                if (loot.Accepted(kind) > 0)
                    world.Breached?.Invoke($"{kind}: {loot.Accepted(kind)} accepted");
            world.Internet.At(world.Now + Reckoning, Reckon);
        }
    }

    internal override string ToCode() => $"new {nameof(TokenAbuse)}({Code.Of(Addresses)})";
}
