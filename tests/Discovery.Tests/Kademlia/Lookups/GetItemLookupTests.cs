using Discovery.Kademlia;
using Discovery.Tests.Support;

namespace Discovery.Tests.Kademlia.Lookups;

public sealed class GetItemLookupTests
{
    private static readonly byte[] Salt = "salt"u8.ToArray();

    private static SignedItem Signed(long sequence, string value = "5:hello", byte owner = 0)
    {
        using PeerIdentity identity = PeerIdentity.FromSeed([owner, .. new byte[31]]);
        return SignedItem.Create(identity, Salt, sequence, System.Text.Encoding.ASCII.GetBytes(value));
    }

    private static GetItemLookup Get(NodeId target, out OperationDriver driver, ReadOnlyMemory<byte> salt = default)
    {
        GetItemLookup get = new(target, salt, true, TimeSpan.Zero);
        LookupWorld world = new(8, 3);
        foreach (CompactNode node in world.Nodes)
            get.Add(node.Id, node.EndPoint);
        driver = new(get);
        return get;
    }

    private static Compose With(SignedItem item, Func<byte[], byte[]>? spoil = null, long? sequence = null) => (ref KrpcMessage reply) =>
    {
        reply.SetSigned(item);
        reply.Salt = default;
        reply.Value = item.Value.Span;
        if (spoil is not null)
            reply.Signature = spoil(item.Signature.ToArray());
        reply.Sequence = sequence ?? item.Sequence;
    };

    [Test]
    public void TheHighestSequenceWinsAndLiesAreCounted()
    {
        List<long> found = [];
        GetItemLookup get = Get(Signed(1).Target, out OperationDriver driver, Salt);
        get.ItemFound = item => found.Add(item.Sequence);
        driver.Reply(driver.Open.First(), compose: With(Signed(5)));
        driver.Reply(driver.Open.First(), compose: With(Signed(3)));
        driver.Reply(driver.Open.First(), compose: With(Signed(9, "1:x")));
        driver.Reply(driver.Open.First(), compose: With(Signed(10), static signature => [.. signature[..63], (byte)~signature[63]]));
        driver.Reply(driver.Open.First(), compose: With(Signed(8), sequence: 11));
        driver.Reply(driver.Open.First(), compose: With(Signed(12, "1:y", owner: 1)));
        driver.Reply(driver.Open.First(), compose: static (ref KrpcMessage reply) => reply.Value = "1:z"u8);
        driver.Reply(driver.Open.First());
        Assert.That(driver.IsFinished, Is.True);
        Assert.That(found, Is.EqualTo(new[] { 5L, 9L }));
        Assert.That(get.Item!.Value.ToArray(), Is.EqualTo("1:x"u8.ToArray()));
        Assert.That((get.Item.Signed!.Salt.ToArray(), get.Item.Target, get.Forged), Is.EqualTo((Salt, get.Target, 4)));
    }

    /// <summary>Where the nodes lie ten times as dense as they should, the true ones may be beyond the eighth.</summary>
    [TestCase(0.0, true, 8)]
    [TestCase(1.0, true, 8)]
    [TestCase(10.0, true, 20)]
    [TestCase(10.0, false, 8)]
    public void ASearchGoesOnWhereNodesLieTooDense(double density, bool checks, int asked)
    {
        SignedItem item = Signed(1);
        GetItemLookup get = new(item.Target, Salt, true, TimeSpan.Zero) { Tuning = KademliaTuning.Default with { ChecksDensity = checks } };
        for (uint i = 0; i < 60; i++)
            get.Add(new NodeId(item.Target.High ^ (ulong)(i + 1) << 40, 0, 0), LookupWorld.Address((int)i));
        get.ExpectedReach = density * NetworkSizeEstimator.DistanceRatio(NodeId.Zero, new NodeId(8UL << 40, 0, 0));
        OperationDriver driver = new(get);
        while (!driver.IsFinished)
            driver.Reply(driver.Open.First());
        Assert.That(driver.Asked, Has.Count.EqualTo(asked).Within(4));
        Assert.That(get.Nearest().Count(), Is.EqualTo(8));
    }

    [Test]
    public void MadeUpIdsDoNotCountAsTheNearest()
    {
        GetItemLookup get = new(NodeId.Zero, Salt, true, TimeSpan.Zero);
        for (uint i = 1; i <= 8; i++)
            get.Add(new NodeId(0, i, 0), new PeerEndPoint(0x50000001 + (i << 12), 1));
        for (uint i = 1; i <= 8; i++)
            get.Add(new NodeId((ulong)i << 40, 0, 0), LookupWorld.Address((int)i));
        OperationDriver driver = new(get);
        while (!driver.IsFinished)
            driver.Reply(driver.Open.First());
        Assert.That(get.Nearest().Select(static candidate => candidate.Id.High >> 40), Is.EqualTo(Enumerable.Range(1, 8)));
        Assert.That(get.Responders.First().IsBound, Is.False);
    }

    [Test]
    public void AnotherSaltIsAnotherItem()
    {
        GetItemLookup get = Get(Signed(1).Target, out OperationDriver driver, "other"u8.ToArray());
        driver.Reply(driver.Open.First(), compose: With(Signed(5)));
        Assert.That((get.Item, get.Forged), Is.EqualTo(((FoundItem?)null, 1)));
    }

    [Test]
    public void AnImmutableItemEndsTheWalkAtTheFirstTrueAnswer()
    {
        GetItemLookup get = Get(SignedItem.ComputeImmutableTarget("5:hello"u8), out OperationDriver driver);
        driver.Reply(driver.Open.First(), compose: static (ref KrpcMessage reply) => reply.Value = "5:hullo"u8);
        driver.Reply(driver.Open.First(), compose: static (ref KrpcMessage reply) => reply.Value = new byte[1001]);
        Assert.That((driver.IsFinished, get.Forged), Is.EqualTo((false, 2)));
        driver.Reply(driver.Open.First(), compose: static (ref KrpcMessage reply) => reply.Value = "5:hello"u8);
        Assert.That((driver.IsFinished, get.Item!.Sequence, get.Forged), Is.EqualTo((true, -1L, 2)));
    }

    [Test]
    public void PeersAreBoundedEachOnceAndOnlyWhereADatagramCanGo()
    {
        List<PeerEndPoint> told = [];
        GetPeersLookup walk = new(NodeId.Zero, true, TimeSpan.Zero) { IsAcceptable = static (in PeerEndPoint endPoint) => endPoint.IsUnicast, PeerFound = told.Add };
        for (int i = 1; i <= 12; i++)
            walk.Add(new NodeId(0, 0, (uint)i), LookupWorld.Address(i));
        OperationDriver driver = new(walk);
        int next = 0;
        while (!driver.IsFinished)
        {
            byte[] list = [(byte)'l', .. "6:\0\0\0\0\0\x1"u8, .. "6:\x1\x1\x1\x1\0\0"u8, .. "6:aaaabb"u8, .. "i5e"u8, .. "3:abc"u8,
                .. Enumerable.Range(0, 250).SelectMany(_ => (byte[])[.. "6:"u8, 1, 2, (byte)(++next >> 8), (byte)next, 0, 7]), (byte)'e'];
            driver.Reply(driver.Open.First(), compose: (ref KrpcMessage reply) => reply.Values = list);
        }
        walk.OnFinished(driver.Now);
        Assert.That(walk.Peers, Has.Count.InRange(500, 8 * 128), "of eight answers");
        for (uint i = 0; i < 3000; i++)
            walk.Add(new PeerEndPoint(0x0B00_0000 + i, 1), driver.Now);
        Assert.That(walk.Peers, Has.Count.EqualTo(2000));
        Assert.That(told, Is.EqualTo(walk.Peers).And.Unique);
        Assert.That(told.All(static peer => peer.IsUnicast), Is.True);
    }
}
