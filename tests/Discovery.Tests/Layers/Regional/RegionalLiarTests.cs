namespace Discovery.Tests.Layers.Regional;

/// <summary>Near peers that name whom they please: nobody is returned who was not measured, nobody honest is hidden, and the price is bounded.</summary>
public sealed class RegionalLiarTests
{
    private RegionalWorld _world = null!;
    private ScriptedPeer _liar = null!, _honest = null!;
    private ScriptedPeer[] _near = null!;
    private IDiscoveryService _service = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _world = new();
        _liar = _world.Add(RegionalWorld.Home, 1)[0];
        _honest = _world.Add(RegionalWorld.Home, 1)[0];
        _near = _world.Add(RegionalWorld.Home, 4);
        _honest.Name(_near);
        _service = await _world.StartAsync(knows: [_liar, _honest]);
    }

    [TearDown]
    public ValueTask RemoveAsync() => _world.DisposeAsync();

    [Test]
    public Task EndPointsThatNoDatagramCanReach()
    {
        string[] absurd = ["0.0.0.0:1", "255.255.255.255:1", "224.0.0.1:1", "127.0.0.1:1", "127.0.0.1:4000"];
        return LieAsync(absurd.Select((text, i) => (Someone(i), PeerEndPoint.Parse(text))), probes: 0);
    }

    [Test]
    public Task TheDead() => LieAsync(Enumerable.Range(1, 20).Select(static number => (Someone(number), PeerEndPoint.Parse($"10.0.9.{number}:9"))), probes: 4);

    [Test]
    public async Task ThePeerThatAsks()
    {
        PeerInfo self = _service.Self;
        await LieAsync([(self.Id, PeerEndPoint.Parse("10.0.9.9:9")), (Someone(1), self.EndPoints[0]), (self.Id, self.EndPoints[0])], probes: 0);
    }

    [Test]
    public async Task FarPeersAsNear()
    {
        ScriptedPeer[] far = _world.Add(1, 20);
        await LieAsync(far.Select(static peer => (peer.Id, peer.EndPoint)), probes: 4);
        Assert.That(far.Sum(static peer => peer.Identified), Is.EqualTo(4), "measured, and found to be far");
        Assert.That(far.Sum(static peer => peer.Asked), Is.Zero);
    }

    [Test]
    public Task OthersAtThePlacesOfTheHonest() => LieAsync(_near.Select(static (peer, i) => (Someone(i), peer.EndPoint)), probes: 4);

    [Test]
    public Task TheHonestAtOtherPlaces() => LieAsync(_near.Select(static (peer, i) => (peer.Id, PeerEndPoint.Parse($"10.0.9.{i + 1}:9"))), probes: 4);

    [Test]
    public async Task ItselfAtThePlacesOfTheHonest([Values] bool isKnown)
    {
        // Its record is signed by itself, and may name any place; it is proven at one only.
        ScriptedPeer claimer = _world.Add(RegionalWorld.Home, 1, null, _near.Select(static peer => peer.EndPoint))[0];
        claimer.Name(_near);
        claimer.Names.InsertRange(0, _near.Select(peer => (claimer.Id, peer.EndPoint)));
        if (isKnown)
            _world.Teach(_service, claimer);
        _liar.Names.Add((claimer.Id, claimer.EndPoint));
        DiscoveryResult found = await _world.FindAsync(_service, new() { Exclude = [claimer.Id] });
        Assert.That(RegionalWorld.Regional(found), Is.EquivalentTo(_near.Select(static peer => peer.Id)));
    }

    [Test]
    public Task OnlyItself() => LieAsync([(_liar.Id, _liar.EndPoint), (_liar.Id, PeerEndPoint.Parse("10.0.9.9:9"))], probes: 0);

    [Test]
    public async Task OrSayNothing()
    {
        _world.Network.Network.Unplug(_liar.EndPoint);
        await LieAsync([], probes: 0);
    }

    [TestCase(3, 1)]
    [TestCase(5, 1)]
    [TestCase(16, 2)]
    public async Task ManyThatAreNearerThanTheHonestHideTheRegionFromFewSearches(int liars, int searches)
    {
        ScriptedPeer[] crowd = _world.Add(RegionalWorld.Home, liars);
        foreach (ScriptedPeer liar in crowd)
            _world.Teach(_service, liar, homeMilliseconds: 4);
        int named = 0;
        DiscoveryResult found = null!;
        for (int search = 0; search < searches; search++)
        {
            foreach (ScriptedPeer liar in crowd)
            {
                liar.Names.Clear();
                liar.Names.AddRange(Enumerable.Range(0, 20).Select(_ => (Someone(++named), PeerEndPoint.Parse($"10.0.{9 + named / 250}.{named % 250 + 1}:9"))));
            }
            found = await _world.FindAsync(_service, new() { Exclude = [Someone(search)] });
        }
        Assert.Multiple(() =>
        {
            Assert.That(RegionalWorld.Regional(found), Is.SupersetOf(_near.Select(static peer => peer.Id)));
            Assert.That(crowd.Select(liar => _service.Peers.Get(liar.Id)?.Reliability ?? 0).Count(static reliability => reliability < 0.5), Is.GreaterThanOrEqualTo(3));
            Assert.That(_service.Peers.Get(_honest.Id)!.Reliability, Is.GreaterThan(0.6));
        });
    }

    [Test]
    public async Task WhoNamesThoseThatHaveJustDiedLosesLittle()
    {
        foreach (ScriptedPeer peer in _near)
            _world.Network.Network.Unplug(peer.EndPoint);
        for (int search = 0; search < 4; search++)
        {
            await _world.FindAsync(_service, new() { Exclude = [Someone(search)] });
            _world.Time.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.That(_service.Peers.Get(_honest.Id), Is.Not.Null, "four searches within a minute, and the same four dead in each answer: not banned");
    }

    /// <summary>The liar is asked, and all honest peers are found all the same.</summary>
    private async Task LieAsync(IEnumerable<(PeerId, PeerEndPoint)> names, int probes)
    {
        _liar.Names.AddRange(names);
        HashSet<PeerEndPoint> contacted = [];
        _world.Contacted = contacted;
        DiscoveryResult found = await _world.FindAsync(_service);
        Assert.Multiple(() =>
        {
            Assert.That(RegionalWorld.Regional(found), Is.EquivalentTo(_near.Select(static peer => peer.Id)));
            Assert.That(contacted.Intersect(_liar.Names.Select(static name => name.EndPoint)).Except([_liar.EndPoint, .. _service.Self.EndPoints]).Count(), Is.LessThanOrEqualTo(probes), "contacts for the liar's sake");
            Assert.That(found.Elapsed, Is.LessThan(TimeSpan.FromSeconds(3)));
        });
    }

    private static PeerId Someone(int number) => new([(byte)(number + 1), .. new byte[31]]);
}
