using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia.Lookups;

/// <summary>Whatever becomes of its queries, in whatever order, an operation ends.</summary>
public sealed class OperationLawsTests
{
    private static readonly FoundItem Value = FoundItem.Immutable("5:hello"u8.ToArray());

    private static Operation Create(string kind, NodeId target, Action<Lookup> seed, Random random)
    {
        switch (kind)
        {
            case "ping":
                return new PingQuery(LookupWorld.Address(1));
            case "identify":
                return new IdentifyQuery(LookupWorld.Address(1), target, new byte[16]);
        }
        Lookup lookup = kind switch
        {
            "get_peers" => new GetPeersLookup(target, true, TimeSpan.Zero),
            "get" => new GetItemLookup(Value.Target, default, true, TimeSpan.Zero),
            "announce" => new AnnounceLookup(target, 1, true, true, TimeSpan.Zero) { ChooseStoreSet = static l => StoreSet.Choose(l, 0.01), Seed = seed },
            "put" or "put_again" => new PutItemLookup(Value, null, true, TimeSpan.Zero) { ChooseStoreSet = static l => StoreSet.Choose(l, 0), Seed = seed },
            "sample" => new SampleLookup(target, true, TimeSpan.Zero),
            _ => new FindNodeLookup(target, true, TimeSpan.Zero),
        };
        if (kind == "put_again")
            ((StoreLookup)lookup).UseRemembered([.. Enumerable.Range(0, 8).Select(i => new Responder(NodeId.CreateRandom(random), LookupWorld.Address(500 + i), [1]))]);
        else
            seed(lookup);
        return lookup;
    }

    [Test]
    public void EndsUnderAnySchedule([Values("find_node", "get_peers", "get", "announce", "put", "put_again", "sample", "ping", "identify")] string kind)
    {
        LookupWorld world = new(150, 1);
        for (int seed = 0; seed < 150; seed++)
        {
            Random random = new(seed);
            NodeId target = NodeId.CreateRandom(random);
            int honesty = random.Next(4), luck = random.Next(1, 10);
            Operation operation = Create(kind, target, lookup =>
            {
                foreach (CompactNode node in world.Nodes.Take(8))
                    lookup.Add(node.Id, node.EndPoint);
            }, random);
            OperationDriver driver = new(operation);
            int steps = 0;
            while (!driver.IsFinished)
            {
                Assert.That(driver.OpenCount, Is.Positive, $"seed {seed}: it waits for nothing");
                Assert.That(++steps, Is.LessThan(5000), $"seed {seed}");
                Candidate next = driver.Open.ElementAt(random.Next(driver.OpenCount));
                switch (random.Next(12))
                {
                    case var chance when chance < luck:
                        NodeId id = next.IsIdKnown ? next.Id : NodeId.CreateRandom(random);
                        driver.Reply(next, honesty == 0 ? Invented(random) : world.Answer(id, target), random.Next(5) == 0 ? null : [1, 2, 3, 4], id: id);
                        break;
                    case 10:
                        driver.Error(next, random.Next(3) == 0 ? KrpcError.Protocol : KrpcError.OldSequence);
                        break;
                    case 11:
                        driver.WrongId(next);
                        break;
                    default:
                        driver.Age(next);
                        break;
                }
            }
            if (operation is Lookup finished)
            {
                Assert.That(finished.Queried, Is.EqualTo(driver.Asked.Count));
                Assert.That(finished.Answered + finished.TimedOut + (finished.Errors?.Values.Sum() ?? 0), Is.LessThanOrEqualTo(finished.Queried));
            }
            if (operation is Lookup and not StoreLookup)
                Assert.That(driver.Asked.CountBy(static candidate => candidate.EndPoint).Select(static asked => asked.Value), Is.All.LessThanOrEqualTo(2));
        }
    }

    private static IEnumerable<CompactNode> Invented(Random random) =>
        Enumerable.Range(0, random.Next(9)).Select(_ => new CompactNode(NodeId.CreateRandom(random), LookupWorld.Address(random.Next(150))));
}
