using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia.Lookups;

public sealed class StoreLookupTests
{
    private static readonly FoundItem Item = FoundItem.Immutable("5:hello"u8.ToArray());
    private static readonly LookupWorld World = new(40, 1);

    private int _walks;

    private PutItemLookup Put(int seeds = 3) => new(Item, null, true, TimeSpan.Zero)
    {
        ChooseStoreSet = static lookup => StoreSet.Choose(lookup, 0),
        Seed = lookup =>
        {
            _walks++;
            foreach (CompactNode node in World.Nodes.Take(seeds))
                lookup.Add(node.Id, node.EndPoint);
        },
    };

    private PutItemLookup Walked(out OperationDriver driver)
    {
        PutItemLookup put = Put();
        put.Seed(put);
        driver = new(put);
        while (driver.Open.FirstOrDefault(candidate => put.Asked == 0) is { } next)
            driver.Reply(next, World.Answer(next.Id, Item.Target), [7]);
        foreach (Candidate straggler in driver.Open.Where(candidate => candidate.Token is null).ToArray())
            driver.Reply(straggler);
        return put;
    }

    private static Responder[] Remembered => [.. World.Closest(Item.Target, 8).Select(static node => new Responder(node.Id, node.EndPoint, [9]))];

    [Test]
    public void StoresAtTheNearestAndCountsWhatTheySay()
    {
        PutItemLookup put = Walked(out OperationDriver driver);
        Assert.That(driver.Open.Select(static candidate => candidate.Id), Is.EqualTo(World.Closest(Item.Target, 8).Select(static node => node.Id)));
        Assert.That(driver.Open.Select(driver.MethodTo), Is.All.EqualTo(KrpcMethod.Put));
        Candidate[] stores = [.. driver.Open];
        foreach (Candidate store in stores[..5])
            driver.Reply(store);
        driver.Error(stores[5], KrpcError.CasMismatch);
        driver.Error(stores[6], KrpcError.CasMismatch);
        Assert.That(driver.IsFinished, Is.False);
        driver.Error(stores[7], KrpcError.Server);
        Assert.That(driver.IsFinished, Is.True);
        Assert.That((put.Asked, put.Acknowledged), Is.EqualTo((8, 5)));
        Assert.That(put.Errors, Is.EqualTo(new Dictionary<int, int> { [301] = 2, [202] = 1 }));
    }

    [Test]
    public void AStalledStoreIsRepeatedOnceAndTheRepetitionHasItsOwnTime()
    {
        PutItemLookup put = Walked(out OperationDriver driver);
        Candidate[] stores = [.. driver.Open];
        foreach (Candidate store in stores[1..])
            driver.Reply(store);
        driver.Age(stores[0]);
        Assert.That(driver.Open, Is.EqualTo(new[] { stores[0], stores[0] }));
        driver.Age(stores[0]);
        Assert.That(driver.IsFinished, Is.False);
        driver.Reply(stores[0]);
        Assert.That(driver.IsFinished, Is.True);
        Assert.That((put.Asked, put.Acknowledged, put.TimedOut), Is.EqualTo((8, 8, 0)));
        Assert.That(put.Wants(stores[0]), Is.False);
    }

    [Test]
    public void ASilentNodeIsGivenUpAndAnAnswerUnderAnotherIdEndsItAtOnce()
    {
        PutItemLookup put = Walked(out OperationDriver driver);
        Candidate[] stores = [.. driver.Open];
        foreach (Candidate store in stores[2..])
            driver.Reply(store);
        driver.WrongId(stores[0]);
        Assert.That(put.TimedOut, Is.EqualTo(1));
        for (int i = 0; !driver.IsFinished; i++)
        {
            Assert.That(i, Is.LessThan(6));
            driver.Age(stores[1]);
        }
        Assert.That((put.Asked, put.Acknowledged, put.TimedOut), Is.EqualTo((8, 6, 2)));
    }

    [Test]
    public void ALateAnswerToTheWalkIsNoAcknowledgement()
    {
        PutItemLookup put = Put();
        put.Seed(put);
        OperationDriver driver = new(put);
        Candidate late = driver.Asked[0];
        driver.Age(late);
        driver.Age(late);
        while (put.Asked == 0)
        {
            Candidate next = driver.Open.First(candidate => candidate != late);
            driver.Reply(next, World.Answer(next.Id, Item.Target).Where(node => node.EndPoint != late.EndPoint), [7]);
        }
        driver.Reply(late, token: [7]);
        Assert.That((put.Acknowledged, put.Asked), Is.EqualTo((0, 8)));
    }

    [Test]
    public void RememberedTokensSaveTheWalk()
    {
        _walks = 0;
        PutItemLookup put = Put();
        put.UseRemembered(Remembered);
        OperationDriver driver = new(put);
        Assert.That(driver.Asked.Select(static candidate => candidate.Token), Is.All.EqualTo(new byte[] { 9 }));
        driver.Reply(driver.Asked[0]);
        foreach (Candidate store in driver.Open.ToArray())
            driver.Error(store, KrpcError.Protocol);
        Assert.That((driver.IsFinished, put.Asked, put.Acknowledged, _walks), Is.EqualTo((true, 8, 1, 0)));
    }

    [Test]
    public void WalksWhenNoRememberedTokenWorks([Values] bool silence)
    {
        _walks = 0;
        PutItemLookup put = Put();
        put.UseRemembered(Remembered);
        OperationDriver driver = new(put);
        foreach (Candidate store in driver.Open.ToArray())
            if (silence)
                driver.WrongId(store);
            else
                driver.Error(store, KrpcError.Protocol);
        Assert.That((_walks, driver.IsFinished), Is.EqualTo((1, false)));
        Assert.That(driver.Open.Select(driver.MethodTo), Is.All.EqualTo(KrpcMethod.Get));
        while (!driver.IsFinished)
        {
            Candidate next = driver.Open.First();
            driver.Reply(next, World.Answer(next.Id, Item.Target), [7]);
        }
        Assert.That((put.Asked, put.Acknowledged), Is.EqualTo((8, 8)));
    }

    [Test]
    public void ARefusalOfTheItemItselfIsNotWalkedAround()
    {
        _walks = 0;
        PutItemLookup put = Put();
        put.UseRemembered(Remembered);
        OperationDriver driver = new(put);
        foreach (Candidate store in driver.Open.ToArray())
            driver.Error(store, KrpcError.CasMismatch);
        Assert.That((driver.IsFinished, _walks, put.Errors![301]), Is.EqualTo((true, 0, 8)));
    }

    [Test]
    public void TheStoreSetHoldsTheNearestWhateverTheirIdsAreBoundTo()
    {
        // On a public network: one distinct /16 each, ids that BEP 42 does not bind but for a far one.
        FindNodeLookup walk = new(NodeId.Zero, true, TimeSpan.Zero);
        for (uint i = 1; i <= 30; i++)
            walk.Add(new NodeId((ulong)i << 40, 0, 0), new PeerEndPoint(0x20000000 + (i << 16), 1));
        PeerEndPoint bound = PeerEndPoint.Parse("93.184.216.34:1");
        walk.Add(SecureNodeId.Create(bound, new Random(1)), bound);
        AnswerAll(walk);
        Responder[] chosen = StoreSet.Choose(walk, 0);
        Assert.That(chosen.Take(8).Select(static node => node.Id.High >> 40), Is.EqualTo(Enumerable.Range(1, 8).Select(static i => (ulong)i)));
    }

    [Test]
    public void TheStoreSetReachesPastACrowdOfMadeUpIds()
    {
        FindNodeLookup walk = new(NodeId.Zero, true, TimeSpan.Zero);
        for (uint i = 1; i <= 30; i++)
            walk.Add(new NodeId(i, 0, 0), new PeerEndPoint(0x20000000 + (i << 16), 1));
        Random random = new(1);
        for (uint i = 0; i < 8; i++)
            walk.Add(SecureNodeId.Create(new PeerEndPoint(0x40000001 + (i << 16), 1), random), new PeerEndPoint(0x40000001 + (i << 16), 1));
        AnswerAll(walk);
        Responder[] chosen = StoreSet.Choose(walk, 0);
        Assert.That(chosen.Select(static node => SecureNodeId.IsValid(node.Id, node.EndPoint)), Is.EqualTo(Enumerable.Repeat(false, 8).Concat(Enumerable.Repeat(true, 4))));
    }

    [Test]
    public void ATooDenseNeighbourhoodIsReachedBeyond()
    {
        FindNodeLookup walk = new(NodeId.Zero, true, TimeSpan.Zero);
        for (uint i = 1; i <= 30; i++)
            walk.Add(new NodeId((ulong)i << 40, 0, 0), LookupWorld.Address((int)i));
        AnswerAll(walk);
        Assert.That(StoreSet.Choose(walk, 0), Has.Length.EqualTo(8));
        Responder[] beyond = StoreSet.Choose(walk, 1);
        Assert.That(beyond, Has.Length.InRange(9, 20));
        Assert.That(beyond, Is.EqualTo(walk.Responders.Take(beyond.Length).Select(static c => new Responder(c.Id, c.EndPoint, c.Token!))));
    }

    /// <summary>Everybody stalls, so that all are asked, and answers then.</summary>
    private static void AnswerAll(Lookup walk)
    {
        OperationDriver driver = new(walk);
        for (int i = 0; i < driver.Asked.Count; i++)
            driver.Age(driver.Asked[i]);
        Assert.That(driver.Asked, Has.Count.GreaterThanOrEqualTo(30));
        foreach (Candidate candidate in driver.Open.ToArray())
            driver.Reply(candidate, token: [1]);
    }

    [Test]
    public void TheCacheKeepsSixteenWalksForFiveMinutes()
    {
        ResponderCache cache = new();
        NodeId[] targets = [.. Enumerable.Range(1, 17).Select(static i => new NodeId(0, 0, (uint)i))];
        foreach (NodeId target in targets)
            cache.Remember(new FindNodeLookup(target, true, TimeSpan.FromSeconds(10)), Remembered, TimeSpan.FromSeconds(11));
        Assert.That(cache.Recall(targets[0], true, TimeSpan.FromSeconds(12)), Is.Null);
        Assert.That(cache.Recall(targets[1], true, TimeSpan.FromSeconds(310)), Has.Length.EqualTo(8));
        Assert.That(cache.Recall(targets[1], false, TimeSpan.FromSeconds(12)), Is.Null);
        Assert.That(cache.Recall(targets[1], true, TimeSpan.FromSeconds(311)), Is.Null);
        cache.Remember(new FindNodeLookup(targets[2], true, TimeSpan.FromSeconds(20)), Remembered[..3], TimeSpan.FromSeconds(21));
        Assert.That(cache.Recall(targets[2], true, TimeSpan.FromSeconds(22)), Is.Null, "too few, and what was known is out of date");
        cache.Expire(TimeSpan.FromSeconds(311));
        Assert.That(cache.Count, Is.Zero);
    }
}
