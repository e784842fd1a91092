using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia.Lookups;

public sealed class LookupTests
{
    private static readonly NodeId Target = NodeId.Zero;

    private static NodeId Id(int distance) => new(0, 0, (uint)distance);

    private static CompactNode Node(int distance) => new(Id(distance), LookupWorld.Address(distance));

    private static FindNodeLookup Walk(params IEnumerable<int> distances)
    {
        FindNodeLookup walk = new(Target, true, TimeSpan.Zero);
        foreach (int distance in distances)
            walk.Add(Id(distance), LookupWorld.Address(distance));
        return walk;
    }

    private static int Distance(Candidate candidate) => (int)candidate.Id.Low;

    [Test]
    public void AsksFiveOfTheNearestAndNearerOnesAtOnce()
    {
        OperationDriver driver = new(Walk(Enumerable.Range(10, 20).Reverse()));
        Assert.That(driver.Asked.Select(Distance), Is.EqualTo(Enumerable.Range(10, 5)));
        driver.Reply(driver.Asked[4], [Node(1), Node(2), Node(3), Node(40)]);
        // Five among the nearest unfinished: 1 and 2 and 3 are asked though 10 to 13 are still out.
        Assert.That(driver.Asked.Select(Distance), Is.EqualTo(new[] { 10, 11, 12, 13, 14, 1, 2, 3 }));
        driver.Reply(driver.Asked[5]);
        Assert.That(driver.Asked, Has.Count.EqualTo(8), "2, 3, 10, 11, 12 are in flight before 15");
    }

    [Test]
    public void AStalledQueryFreesItsPlaceAndAnAbandonedOneIsNotWaitedFor()
    {
        FindNodeLookup walk = Walk(Enumerable.Range(1, 9));
        OperationDriver driver = new(walk);
        Candidate slow = driver.Asked[0];
        driver.Age(slow);
        Assert.That(driver.Asked.Distinct().Count(), Is.EqualTo(6));
        Assert.That(driver.Asked.Count(candidate => candidate == slow), Is.EqualTo(2), "one of the nearest is asked again");
        foreach (int distance in Enumerable.Range(2, 8))
            driver.Reply(driver.Open.Single(candidate => Distance(candidate) == distance));
        Assert.That(driver.IsFinished, Is.False, "the nearest may still answer");
        driver.Age(slow);
        driver.Age(slow);
        Assert.That(driver.IsFinished, Is.False, "the repetition has its own time");
        driver.Age(slow);
        Assert.That(driver.IsFinished, Is.True);
        Assert.That(walk.Responders.Select(Distance), Is.EqualTo(Enumerable.Range(2, 8)));
    }

    [Test]
    public void OneThatWasGivenUpIsAskedAgainWhenItIsAmongTheNearestAfterAll()
    {
        FindNodeLookup walk = Walk(Enumerable.Range(1, 9));
        OperationDriver driver = new(walk);
        foreach (Candidate slow in driver.Asked.Take(4).ToArray())
            driver.Age(slow);
        Candidate ninth = driver.Asked.Single(static candidate => Distance(candidate) == 9);
        driver.Age(ninth);
        driver.Age(ninth);
        Assert.That(driver.Asked.Count(candidate => candidate == ninth), Is.EqualTo(1), "eight nearer ones may still answer");
        driver.Error(driver.Asked[0], KrpcError.UnknownMethod);
        Assert.That(driver.Asked.Count(candidate => candidate == ninth), Is.EqualTo(2));
        driver.Reply(ninth);
        Assert.That(walk.Responders.Select(Distance), Does.Contain(9));
    }

    [Test]
    public void ALateAnswerCountsWhileTheWalkRuns()
    {
        FindNodeLookup walk = Walk(Enumerable.Range(1, 20));
        OperationDriver driver = new(walk);
        Candidate late = driver.Asked[0];
        driver.Age(late);
        driver.Age(late);
        driver.Reply(late);
        while (!driver.IsFinished)
            driver.Reply(driver.Open.First());
        Assert.That(walk.Responders.Take(8).Select(Distance), Is.EqualTo(Enumerable.Range(1, 8)));
        Assert.That((walk.Answered, walk.TimedOut), Is.EqualTo((walk.Responders.Count(), 0)));
    }

    [Test]
    public void EndsWhenTheEightNearestHaveAnsweredAndFailuresMakeRoom()
    {
        FindNodeLookup walk = Walk(Enumerable.Range(1, 30));
        OperationDriver driver = new(walk);
        driver.Error(driver.Asked[0], KrpcError.UnknownMethod);
        driver.WrongId(driver.Asked[1]);
        while (!driver.IsFinished)
            driver.Reply(driver.Open.MinBy(Distance)!);
        Assert.That(walk.Responders.Take(8).Select(Distance), Is.EqualTo(Enumerable.Range(3, 8)));
        Assert.That(walk.Errors, Is.EqualTo(new Dictionary<int, int> { [204] = 1 }));
        Assert.That((walk.TimedOut, walk.Queried), Is.EqualTo((1, driver.Asked.Count)));
        Assert.That(driver.Asked, Has.Count.LessThanOrEqualTo(14));
    }

    [Test]
    public void EndsAtOnceWithNobodyToAskAndWhenCancelled()
    {
        Assert.That(new OperationDriver(Walk()).IsFinished, Is.True);
        FindNodeLookup walk = Walk(1, 2, 3);
        OperationDriver driver = new(walk);
        walk.Cancel();
        Assert.That(driver.IsFinished, Is.True);
        Assert.That(walk.NextQuery(), Is.Null);
    }

    [Test]
    public void AsksEachAddressOnceWhateverIdsItIsGiven()
    {
        FindNodeLookup walk = Walk(50);
        OperationDriver driver = new(walk);
        for (int i = 40; i > 0 && !driver.IsFinished; i--)
            driver.Reply(driver.Open.First(), [new(Id(i), LookupWorld.Address(50)), new(Id(i), LookupWorld.Address(60))]);
        Assert.That(driver.Asked.Select(static candidate => candidate.EndPoint), Is.EqualTo(new[] { LookupWorld.Address(50), LookupWorld.Address(60) }));
    }

    [Test]
    public void AsksNeitherItselfNorTheOtherFamilyNorWhatIsNotAcceptable()
    {
        FindNodeLookup walk = new(Target, true, TimeSpan.Zero) { Own = Id(1), IsAcceptable = static (in PeerEndPoint endPoint) => endPoint.Port != 9 };
        walk.Add(Id(1), LookupWorld.Address(1));
        walk.Add(Id(2), LookupWorld.Address(2).WithPort(9));
        walk.Add(Id(3), PeerEndPoint.Parse("[2001:db8::1]:1"));
        Assert.That(walk.IsEmpty, Is.True);
    }

    [Test]
    public void RemembersAHundredCandidates()
    {
        FindNodeLookup walk = Walk(1000);
        OperationDriver driver = new(walk);
        driver.Reply(driver.Asked[0], Enumerable.Range(100, 500).Reverse().Select(Node));
        while (!driver.IsFinished)
            driver.Error(driver.Open.First(), KrpcError.Generic);
        // The first one answered and was pushed out by a hundred nearer ones.
        Assert.That(driver.Asked.Skip(1).Select(Distance).Order(), Is.EqualTo(Enumerable.Range(100, 100)));
    }

    [Test]
    public void TheProtegesOfLiarsAreNotAsked()
    {
        FindNodeLookup walk = Walk(500);
        OperationDriver driver = new(walk);
        driver.Reply(driver.Asked[0], [Node(400), Node(401)]);
        Candidate honest = driver.Asked[1], liar = driver.Asked[2];
        driver.Reply(liar, Enumerable.Range(1, 40).Select(Node));
        int asked = 0;
        // Those who are late have not failed yet, but the walk would be over before they have.
        foreach (Candidate late in driver.Open.Where(candidate => candidate != honest).Take(3).ToArray())
        {
            asked = driver.Asked.Distinct().Count();
            driver.Age(late);
        }
        foreach (Candidate late in driver.Open.Where(candidate => candidate != honest && Distance(candidate) > 3).ToArray())
            driver.Age(late);
        Assert.That(driver.Asked.Distinct().Count(), Is.EqualTo(asked), "nobody else is asked of those that only the liar named");
        Assert.That(driver.Asked.Skip(asked + 2).Select(Distance).Where(static distance => distance > 2), Is.Empty, "nor is any of them asked again");
        driver.Reply(honest, [Node(30)]);
        Assert.That(driver.Asked.Distinct().Skip(asked).Select(Distance), Is.EqualTo(new[] { 30 }));
        driver.Reply(driver.Open.Single(static candidate => Distance(candidate) == 30));
        Assert.That(driver.IsFinished, Is.True, "nor does the walk wait for them");
        Assert.That(walk.Responders.Select(Distance), Is.EqualTo(new[] { 30, 400, 401, 500 }));
    }

    [Test]
    public void WhoeverNamedThoseWhoAnswerLateOrRefuseIsNoLiar([Values] bool refuses)
    {
        OperationDriver driver = new(Walk(500));
        driver.Reply(driver.Asked[0], Enumerable.Range(1, 20).Select(Node));
        foreach (int distance in new[] { 1, 2, 3 })
            driver.Age(At(distance));
        if (refuses)
            driver.Error(At(1), KrpcError.Generic);
        else
            driver.Reply(At(1));
        int asked = driver.Asked.Distinct().Count();
        driver.Age(At(4));
        driver.Age(At(5));
        Assert.That(driver.Asked.Distinct().Count(), Is.EqualTo(asked), "four are late, one is there");
        driver.Reply(At(6));
        Assert.That(driver.Asked.Distinct().Count(), Is.GreaterThan(asked), "two are there");

        Candidate At(int distance) => driver.Open.First(candidate => Distance(candidate) == distance);
    }

    [Test]
    public void WhoeverIsInOurTableOrNamedByOthersTooDoesNotSufferFromLiars([Values] bool isInTable)
    {
        // Four liars name node 400 before anybody else does.
        FindNodeLookup walk = Walk([.. Enumerable.Range(300, 5), .. isInTable ? [400] : Array.Empty<int>()]);
        OperationDriver driver = new(walk);
        Candidate[] asked = [.. driver.Asked];
        for (int liar = 0; liar < 4; liar++)
            driver.Reply(asked[liar], [Node(400), .. Enumerable.Range(10 * liar, 8).Select(Node)]);
        driver.Reply(asked[4], isInTable ? [] : [Node(400)]);
        for (int turn = 0; driver.Open.FirstOrDefault(static candidate => Distance(candidate) < 300) is { } ghost; turn++)
        {
            Assert.That(turn, Is.LessThan(200));
            driver.Age(ghost);
        }
        Assert.That(driver.Asked.Select(Distance), Does.Contain(400));
    }

    [Test]
    public void AsksOneOfAPublicSubnet()
    {
        FindNodeLookup walk = new(Target, true, TimeSpan.Zero);
        for (int i = 1; i <= 60; i++)
            walk.Add(Id(i), new PeerEndPoint(0x5DB8D800u + (uint)(i % 3 * 256) + (uint)i, 1));
        OperationDriver driver = new(walk);
        while (!driver.IsFinished)
            driver.Error(driver.Open.First(), KrpcError.Generic);
        Assert.That(driver.Asked.Select(Distance), Is.EqualTo(new[] { 1, 2, 3 }));
        FindNodeLookup six = new(Target, false, TimeSpan.Zero);
        for (int i = 1; i <= 9; i++)
            six.Add(Id(i), PeerEndPoint.Parse($"[2001:db8:0:{i % 2}::{i}]:1"));
        Assert.That(new OperationDriver(six).Asked.Select(Distance), Is.EqualTo(new[] { 1, 2 }));
    }

    /// <summary>A node whose id is bound to its address, as far from <see cref="Target"/> as chance has it.</summary>
    private static CompactNode Bound(uint subnet, Random random)
    {
        PeerEndPoint address = new(0x4000_0001 + (subnet << 12), 1);
        return new(SecureNodeId.Create(address, random), address);
    }

    /// <summary>A node that is nearer than any of those, at an address that its id is not bound to.</summary>
    private static CompactNode MadeUp(uint distance) => new(new NodeId(0, distance, 0), new PeerEndPoint(0x5000_0001 + (distance << 12), 1));

    [Test]
    public void IdsMadeUpNearTheTargetDoNotStandInTheWayOfThoseThatAreBound([Values] bool answering)
    {
        Random random = new(1);
        CompactNode[] bound = [.. Enumerable.Range(0, 20).Select(i => Bound((uint)i, random))];
        FindNodeLookup walk = new(Target, true, TimeSpan.Zero);
        foreach (CompactNode node in bound)
            walk.Add(node.Id, node.EndPoint);
        OperationDriver driver = new(walk);
        uint named = 1000;
        for (int turn = 0; !driver.IsFinished; turn++)
        {
            Assert.That(turn, Is.LessThan(300));
            Candidate next = driver.Open.First();
            if (next.IsBound)
                driver.Reply(next, Enumerable.Range(0, 8).Select(_ => MadeUp(named--)));
            else if (answering)
                driver.Reply(next, Enumerable.Range(0, 8).Select(_ => MadeUp(named--)));
            else
                driver.Age(next);
        }
        NodeId[] nearest = [.. bound.Select(static node => node.Id).Order().Take(8)];
        Assert.That(walk.Responders.Where(static candidate => candidate.IsBound).Select(static candidate => candidate.Id), Is.SupersetOf(nearest));
        Assert.That(driver.Asked.Distinct().Count(), Is.LessThan(60));
        if (answering)
            Assert.That(walk.Responders.First().IsBound, Is.False, "they are asked as well");
    }

    [Test]
    public void WithoutThePreferenceTheNearestAreTheNearest()
    {
        Random random = new(1);
        FindNodeLookup walk = new(Target, true, TimeSpan.Zero) { Tuning = KademliaTuning.Default with { PrefersBoundIds = false } };
        for (uint i = 0; i < 20; i++)
            walk.Add(Bound(i, random).Id, Bound(i, random).EndPoint);
        for (uint i = 1; i <= 20; i++)
            walk.Add(MadeUp(i).Id, MadeUp(i).EndPoint);
        OperationDriver driver = new(walk);
        while (!driver.IsFinished)
            driver.Reply(driver.Open.First());
        Assert.That(driver.Asked.Select(static candidate => candidate.Id), Is.EqualTo(Enumerable.Range(1, driver.Asked.Count).Select(static i => MadeUp((uint)i).Id)));
        Assert.That(driver.Asked, Has.Count.LessThanOrEqualTo(13));
    }

    [Test]
    public void WhoeverAlwaysNamesNearerNodesCannotProlongItForEver()
    {
        FindNodeLookup walk = new(Target, false, TimeSpan.Zero);
        ulong nearer = ulong.MaxValue, subnet = 0x2001_0DB8_0000_0000;
        CompactNode Next() => new(new NodeId(nearer >>= nearer > 1 << 20 ? 1 : 0, 0, (uint)--nearer), new PeerEndPoint(subnet++, 1, 1));
        CompactNode first = Next();
        walk.Add(first.Id, first.EndPoint);
        OperationDriver driver = new(walk);
        while (!driver.IsFinished)
        {
            byte[] nodes = [.. Enumerable.Range(0, 8).SelectMany(_ => OperationDriver.Compact(Next()))];
            driver.Reply(driver.Open.Last(), compose: (ref KrpcMessage reply) => reply.Nodes6 = nodes);
            Assert.That(driver.Asked, Has.Count.LessThanOrEqualTo(256));
        }
        Assert.That(driver.Asked, Has.Count.EqualTo(256));
    }

    [Test]
    public void AHostOfUnknownIdGoesLastAndFindsItsPlaceWhenItAnswers()
    {
        FindNodeLookup walk = Walk(7, 8);
        walk.Add(default, LookupWorld.Address(0), isIdKnown: false);
        OperationDriver driver = new(walk);
        Assert.That(driver.Asked[2].EndPoint, Is.EqualTo(LookupWorld.Address(0)));
        driver.Reply(driver.Asked[2], [Node(3)], id: Id(5));
        foreach (Candidate open in driver.Open.ToArray())
            driver.Reply(open);
        Assert.That(walk.Responders.Select(Distance), Is.EqualTo(new[] { 3, 5, 7, 8 }));
        Assert.That(walk.Hops, Is.EqualTo(1));
    }

    [Test]
    public void FindsTheTrueNearestWhenNobodyFails([Values(5, 50, 400)] int size, [Range(1, 8)] int seed)
    {
        LookupWorld world = new(size, seed);
        Random random = new(seed);
        for (int run = 0; run < 5; run++)
        {
            NodeId target = NodeId.CreateRandom(random);
            FindNodeLookup walk = new(target, true, TimeSpan.Zero);
            CompactNode start = world.Nodes[random.Next(size)];
            walk.Add(start.Id, start.EndPoint);
            OperationDriver driver = new(walk);
            while (!driver.IsFinished)
            {
                Candidate next = driver.Open.ElementAt(random.Next(driver.OpenCount));
                driver.Reply(next, world.Answer(next.Id, target));
            }
            Assert.That(walk.Responders.Take(8).Select(static candidate => candidate.Id), Is.EqualTo(world.Closest(target, 8).Select(static node => node.Id)));
        }
    }
}
