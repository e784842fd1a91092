using Discovery.Kademlia;
using Discovery.Simulation;
using Discovery.Simulation.Adversaries;
using Discovery.Simulation.Dht;

namespace Discovery.Tests.Simulation.Adversaries;

public sealed class AttackTests
{
    private static readonly Scenario Small = Scenario.Create("small").WithNodes(400).WithLoss(0.01).LookingFor(Workload.Items).WithKeys(10)
        .StartingLookups(TimeSpan.FromMinutes(1)).WithLookups(150, TimeSpan.FromMinutes(2));

    [TestCase(Lies.NameFriends)]
    [TestCase(Lies.NameGhosts)]
    [TestCase(Lies.Drop)]
    [TestCase(Lies.NameMasks | Lies.Replay)]
    public void AFifthOfAllNodesCannotHideAnItem(Lies lies)
    {
        SimulationReport report = Simulator.Run(Small.At(TimeSpan.Zero, new SybilSpread(0.2, lies)), 1);
        Assert.That(report.Lookups, Is.EqualTo(150));
        Assert.That(report.Success, Is.GreaterThanOrEqualTo(0.99));
    }

    [Test]
    public void IdsThatAreBoundToAddressesAreWhatSavesAnItemFromMasks()
    {
        Scenario attack = Small.WithNodes(1200).At(TimeSpan.Zero, new SybilSpread(0.3, Lies.NameMasks | Lies.Replay));
        double defended = Simulator.Run(attack, 2).Success, undefended = Simulator.Run(attack.Without(Defences.All), 2).Success;
        TestContext.Out.WriteLine($"{defended:P1} with, {undefended:P1} without");
        Assert.That(defended, Is.GreaterThanOrEqualTo(0.99));
        Assert.That(undefended, Is.LessThan(defended - 0.02));
    }

    [Test]
    public void ACrowdRoundAKeyCannotHideIt([Values] bool bound)
    {
        SimulationReport report = Simulator.Run((Small with { Keys = 4 }).At(TimeSpan.Zero, new SybilPacked(100, bound, Lies: Lies.NameFriends | Lies.Replay)), 3);
        Assert.That(report.Success, Is.GreaterThanOrEqualTo(0.99));
    }

    [Test]
    public void FiveAddressesCannotPoisonATable()
    {
        SimulationReport report = Simulator.Run(Small.At(TimeSpan.Zero, new TablePoisoning(5, 10, 24)), 4);
        Assert.That(report.Success, Is.GreaterThanOrEqualTo(0.99));
        Assert.That(report.Broken, Is.Empty);
    }

    [Test]
    public void WithoutLimitsFiveAddressesTakeALargePartOfATable()
    {
        double defended = Poisoned(Defences.None), undefended = Poisoned(Defences.All);
        TestContext.Out.WriteLine($"{defended:P1} with, {undefended:P1} without");
        Assert.That(defended, Is.LessThan(0.1), "five entries");
        Assert.That(undefended, Is.GreaterThan(4 * defended));
    }

    private static double Poisoned(Defences off)
    {
        using DhtWorld world = new(5, new KademliaOptions { IsPublic = true, Tuning = Simulator.Weaken(KademliaTuning.Default, off) }, new NetworkConditions());
        world.Settle(300, 0);
        Conspiracy party = new(world, Lies.NameMasks);
        KademliaHost victim = world.Join();
        Attacks.Poison(party, [victim], AddressBudget.Draw(world, 5), 48);
        world.Internet.RunUntil(world.Now + TimeSpan.FromMinutes(4));
        TableEntry[] entries = victim.Family.Table.Entries.ToArray();
        return (double)entries.Count(entry => party.Owns(entry.EndPoint)) / entries.Length;
    }

    /// <summary>Behind a NAT a host's own address means nothing to others: attacks that went there hit nobody, and every defence looked perfect.</summary>
    [TestCase(NatKind.FullCone)]
    [TestCase(NatKind.Firewall)]
    public void VictimsBehindNatsAreAttackedWhereTheyAreReached(NatKind kind)
    {
        using DhtWorld world = new(5, new KademliaOptions { IsPublic = true }, new NetworkConditions(), [new NatShare(kind, 0.7, 3)]);
        world.Settle(100, 0);
        world.Internet.RunUntil(world.Now + TimeSpan.FromMinutes(1));
        KademliaHost victim = world.Nodes.Closest(default, 1, host => host.Nat is not null && host.ReachedAt.Port != 0)[0];
        Conspiracy party = new(world, Lies.NameMasks);
        List<SybilHost> flooders = Attacks.Flood(party, [victim], AddressBudget.Draw(world, 2), 1);
        Attacks.Poison(party, [victim], AddressBudget.Draw(world, 2), 4);
        world.Internet.RunUntil(world.Now + TimeSpan.FromMinutes(1));
        Assert.That(flooders.Sum(static host => host.Answered), victim.IsReachable ? Is.Positive : Is.Zero);
        Assert.That(party.VictimAt(victim.ReachedAt), Is.EqualTo(victim.Id));
        foreach (KademliaHost other in world.Nodes.Closest(default, 100, other => other != victim))
            Assert.That(party.VictimAt(other.ReachedAt), Is.Null, "its neighbours are no victims");
    }

    [Test]
    public void BehindASymmetricNatTheWholeAddressIsTheVictim()
    {
        using DhtWorld world = new(5, new KademliaOptions { IsPublic = true }, new NetworkConditions(), [new NatShare(NatKind.Symmetric, 1)]);
        KademliaHost victim = world.Settle(10, 0)[0];
        Conspiracy party = new(world, Lies.None);
        party.Eclipse(victim);
        Assert.That(party.VictimAt(victim.OutsideAddress.WithPort(40_000)), Is.EqualTo(victim.Id));
        Assert.That(party.VictimAt(world.FreeEndPoint()), Is.Null);
    }

    [Test]
    public void TokensServeOnlyThoseWhoWereGivenThem()
    {
        using DhtWorld world = new(6, new KademliaOptions { IsPublic = true }, new NetworkConditions());
        world.Settle(100, 0);
        world.Items.Store(6);
        TokenLoot loot = Attacks.AbuseTokens(new Conspiracy(world, Lies.None), AddressBudget.Draw(world, 4));
        world.Internet.RunUntil(world.Now + TimeSpan.FromMinutes(25));
        foreach (TokenAbuseKind kind in Enum.GetValues<TokenAbuseKind>())
        {
            Assert.That(loot.Refused(kind), Is.Positive, $"{kind}");
            Assert.That(loot.Accepted(kind), Is.Zero, $"{kind}");
        }
    }

    [Test]
    public void AFloodIsNotAnsweredAndStopsNobody()
    {
        using DhtWorld world = new(7, new KademliaOptions { IsPublic = true }, new NetworkConditions());
        world.Settle(100, 0);
        world.Items.Store(4);
        KademliaHost victim = world.RandomNode();
        List<SybilHost> flooders = Attacks.Flood(new Conspiracy(world, Lies.None), [victim], AddressBudget.Draw(world, 3), 100);
        LookupLog log = new(world);
        for (int i = 0; i < 20; i++)
        {
            NodeId key = world.Keys[i % world.Keys.Count];
            world.Internet.At(world.Now + TimeSpan.FromSeconds(i), () => log.Start(victim, key));
        }
        world.Internet.RunUntil(world.Now + TimeSpan.FromSeconds(30));
        Assert.That(log.Report(Small, 7).Success, Is.EqualTo(1));
        Assert.That(flooders.Sum(static host => host.Sent), Is.GreaterThan(8000));
        Assert.That(flooders.Sum(static host => host.Answered), Is.LessThanOrEqualTo(3 * 60), "the burst, until they are banned");
    }

    [Test]
    public void OneSeedHasOneHistoryUnderAttack()
    {
        Scenario attack = (Small with { Lookups = 20 }).At(TimeSpan.Zero, new SybilSpread(0.2, Lies.NameMasks)).At(TimeSpan.FromSeconds(1), new TokenAbuse()).At(TimeSpan.FromSeconds(2), new QueryFlood(2, 2, 20));
        SimulationReport first = Simulator.Run(attack, 8), second = Simulator.Run(attack, 8);
        Assert.That(second.History, Is.EqualTo(first.History));
    }
}
