using Discovery.Peers;
using Discovery.Tests.Service;
using Discovery.Tests.Support;

namespace Discovery.Tests.Layers.Regional;

public sealed class RegionalLayerTests
{
    private RegionalWorld _world = null!;

    [SetUp]
    public void Create() => _world = new();

    [TearDown]
    public ValueTask RemoveAsync() => _world.DisposeAsync();

    [Test]
    public async Task OneNearPeerLeadsToAllOfItsClusterAndTheFarAreLeftAlone()
    {
        ScriptedPeer[] near = _world.Add(RegionalWorld.Home, 12), far = _world.Add(1, 40);
        foreach (ScriptedPeer peer in near.Concat(far))
            peer.Name(near.Take(6).Concat(far.Take(4)).Concat(near.Skip(6)).Concat(far));
        IDiscoveryService service = await _world.StartAsync(knows: [near[0], .. far[..20]]);
        DiscoveryResult found = await _world.FindAsync(service);
        Assert.Multiple(() =>
        {
            Assert.That(RegionalWorld.Regional(found), Is.EquivalentTo(near.Skip(1).Select(static peer => peer.Id)));
            Assert.That(found.Peers.Where(static peer => peer.Sources.Contains("regional")).Select(static peer => peer.Rtt), Is.All.EqualTo(TimeSpan.FromMilliseconds(5)));
            Assert.That(far.Sum(static peer => peer.Asked + peer.Identified), Is.Zero, "those known to be far are not measured again");
            Assert.That(near.Sum(static peer => peer.Asked), Is.InRange(1, 6));
            Assert.That(near.Skip(1).Select(static peer => peer.Identified), Is.All.EqualTo(1));
            Assert.That(found.SourceBreakdown["regional"], Is.EqualTo(11));
            Assert.That(found.Failures, Is.Empty);
            Assert.That(found.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
        });
        TestContext.Out.WriteLine($"of 52 peers {near.Sum(static peer => peer.Asked)} near ones were asked, {far.Sum(static peer => peer.Identified)} far ones measured, in {found.Elapsed}");
    }

    [Test]
    public async Task FarPeersLeadToTheNear()
    {
        ScriptedPeer[] near = _world.Add(RegionalWorld.Home, 8), far = _world.Add(1, 20);
        foreach (ScriptedPeer peer in far)
            peer.Name([.. far[..3], near[0], .. far]);
        foreach (ScriptedPeer peer in near)
            peer.Name(near);
        IDiscoveryService service = await _world.StartAsync(knows: far[..2]);
        DiscoveryResult found = await _world.FindAsync(service);
        Assert.Multiple(() =>
        {
            Assert.That(RegionalWorld.Regional(found), Is.EquivalentTo(near.Select(static peer => peer.Id)));
            Assert.That(far.Sum(static peer => peer.Asked), Is.LessThanOrEqualTo(3));
            Assert.That(far.Sum(static peer => peer.Identified), Is.LessThanOrEqualTo(8));
            Assert.That(far.Where(static peer => peer.Asked > 0).All(static peer => peer.WasToldWhere), Is.True, "the far have to predict who is near");
            Assert.That(near.Any(static peer => peer.WasToldWhere), Is.False, "the near have measured it");
        });
    }

    [TestCase(5, ExpectedResult = "3 near, 0 far", Description = "as near as can be")]
    [TestCase(4, ExpectedResult = "0 near, 0 far")]
    [TestCase(100, ExpectedResult = "3 near, 4 far")]
    public async Task<string> TheThresholdIsAnOption(int maxRtt)
    {
        ScriptedPeer[] near = _world.Add(RegionalWorld.Home, 4), far = _world.Add(1, 4);
        foreach (ScriptedPeer peer in near)
            peer.Name(near.Concat(far));
        IDiscoveryService service = await _world.StartAsync(new() { MaxRtt = TimeSpan.FromMilliseconds(maxRtt) }, [near[0]]);
        List<PeerId> found = [.. RegionalWorld.Regional(await _world.FindAsync(service, new() { Exclude = [near[0].Id] }))];
        return $"{near.Count(peer => found.Contains(peer.Id))} near, {far.Count(peer => found.Contains(peer.Id))} far";
    }

    [TestCase(1, 16, ExpectedResult = 1)]
    [TestCase(2, 16, ExpectedResult = 2)]
    [TestCase(16, 3, ExpectedResult = 3)]
    public async Task<int> RoundsAndThoseAskedAreBounded(int rounds, int asked)
    {
        // Each knows the next one only.
        ScriptedPeer[] near = _world.Add(RegionalWorld.Home, 8);
        for (int i = 1; i < near.Length; i++)
            near[i - 1].Name([near[i]]);
        IDiscoveryService service = await _world.StartAsync(new() { MaxRounds = rounds, MaxAsked = asked }, [near[0]]);
        DiscoveryResult found = await _world.FindAsync(service);
        Assert.That(RegionalWorld.Regional(found).Count(), Is.EqualTo(near.Sum(static peer => peer.Asked)));
        return near.Sum(static peer => peer.Asked);
    }

    [Test]
    public async Task OnlyThoseWhoOfferWhatIsWantedAreReturned()
    {
        ScriptedPeer[] plain = _world.Add(RegionalWorld.Home, 3), storage = _world.Add(RegionalWorld.Home, 3, new() { Capabilities = ["storage"] });
        foreach (ScriptedPeer peer in plain)
            peer.Name(plain.Concat(storage));
        IDiscoveryService service = await _world.StartAsync(knows: [plain[0]]);
        DiscoveryResult found = await _world.FindAsync(service, new() { Capability = "storage" });
        Assert.That(found.Peers.Select(static peer => peer.Id), Is.EquivalentTo(storage.Select(static peer => peer.Id)));
        Assert.That((await _world.FindAsync(service, new() { Capability = new string('x', 5000) })).Peers, Is.Empty, "nobody can offer that, and no datagram could ask for it");
        Assert.That(async () => await _world.FindAsync(service, new() { Predicate = static _ => throw new InvalidOperationException("mine") }), Throws.InvalidOperationException.With.Message.EqualTo("mine"));
    }

    [Test]
    public async Task WhoeverIsKnownAndNearIsProvenAnewAndWhoeverIsGoneIsNotReturned()
    {
        ScriptedPeer[] near = _world.Add(RegionalWorld.Home, 5);
        IDiscoveryService service = await _world.StartAsync(knows: near);
        _world.Network.Network.Unplug(near[0].EndPoint);
        _world.Time.Advance(TimeSpan.FromSeconds(31));
        DiscoveryResult found = await _world.FindAsync(service);
        Assert.That(found.Peers.Select(static peer => peer.Id), Is.EquivalentTo(near.Skip(1).Select(static peer => peer.Id)));
    }

    [Test]
    public async Task WhoeverIsPredictedToBeNearIsMeasured()
    {
        ScriptedPeer[] near = _world.Add(RegionalWorld.Home, 1);
        IDiscoveryService service = await _world.StartAsync();
        _world.Teach(service, near[0], isMeasured: false);
        Assert.That(service.Peers.Get(near[0].Id)!.Rtt, Is.Null);
        await _world.FindAsync(service);
        Assert.That(near[0].Identified, Is.Zero, "it does not say where it is");
        _world.Teach(service, near[0], isMeasured: false, at: NetworkCoordinate.Origin);
        _world.Time.Advance(TimeSpan.FromSeconds(31));
        DiscoveryResult found = await _world.FindAsync(service, new() { MaxRtt = TimeSpan.FromMilliseconds(50) });
        Assert.That(RegionalWorld.Regional(found), Is.EqualTo(new[] { near[0].Id }));
    }

    [Test]
    public async Task NobodyIsLookedForByKey()
    {
        ScriptedPeer[] near = _world.Add(RegionalWorld.Home, 2);
        near[0].Name(near);
        IDiscoveryService service = await _world.StartAsync(knows: [near[0]]);
        Assert.That(await _world.Time.AdvanceUntilAsync(service.ResolvePeerAsync(near[1].Id)), Is.Null);
        Assert.That(near[0].Asked, Is.Zero);
    }

    [Test]
    public async Task ASearchThatIsCancelledOrLeftAsksNobodyAnyMore([Values] bool isCancelled)
    {
        // An endless chain: each near peer knows the next one.
        ScriptedPeer[] near = _world.Add(RegionalWorld.Home, 60);
        for (int i = 1; i < near.Length; i++)
            near[i - 1].Name([near[i]]);
        IDiscoveryService service = await _world.StartAsync(new() { MaxAsked = 1000, MaxRounds = 1000 }, [near[0]],
            ServiceNetwork.Passive with { Timing = ServiceNetwork.Passive.Timing with { DiscoveryTimeout = TimeSpan.FromHours(1), IdentifyTimeout = TimeSpan.FromMinutes(1) } });
        using CancellationTokenSource cancelling = new();
        int found = 0;
        Task reading = ReadAsync();
        await _world.Time.AdvanceUntilAsync(() => reading.IsCompleted);
        Assert.That(async () => await reading, isCancelled ? Throws.InstanceOf<OperationCanceledException>() : Throws.Nothing);
        await _world.Time.AdvanceUntilAsync(() => true);
        int asked = near.Sum(static peer => peer.Asked + peer.Identified);
        TimeSpan later = _world.Time.Elapsed + TimeSpan.FromSeconds(3);
        await _world.Time.AdvanceUntilAsync(() => _world.Time.Elapsed > later);
        Assert.That(near.Sum(static peer => peer.Asked + peer.Identified), Is.LessThanOrEqualTo(asked + 2), "but what was on its way");
        Assert.That(asked, Is.LessThan(40));

        async Task ReadAsync()
        {
            await foreach (PeerInfo peer in service.FindPeersAsync(cancellationToken: cancelling.Token))
                if (++found == 5)
                {
                    if (!isCancelled)
                        break;
                    await cancelling.CancelAsync();
                }
        }
    }

    [Test]
    public async Task IntroducesThisPeerToTheNearOnly()
    {
        ScriptedPeer[] near = _world.Add(RegionalWorld.Home, 12), far = _world.Add(1, 3);
        IDiscoveryService service = await _world.StartAsync(knows: near.Concat(far));
        AnnounceResult announced = await _world.Time.AdvanceUntilAsync(service.AnnouncePresenceAsync());
        Assert.Multiple(() =>
        {
            Assert.That((announced.Asked, announced.Acknowledged), Is.EqualTo((8, 8)));
            Assert.That(near.Count(static peer => peer.Introduced > 0), Is.GreaterThanOrEqualTo(8));
            Assert.That(far.Sum(static peer => peer.Introduced), Is.Zero);
            Assert.That(near.Count(peer => service.Peers.Get(peer.Id)!.Reliability > 0.7), Is.GreaterThanOrEqualTo(8), "each is an exchange that was answered");
        });
    }
}
