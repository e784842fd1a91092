using System.Diagnostics.Metrics;
using Discovery.Kademlia;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Service;

/// <summary>Whoever lies is never returned, and what the lie was can be seen.</summary>
public sealed class LiarTests
{
    private const string Place = "10.0.9.9:9";

    private static readonly NodeId s_topic = NetworkTopic.ForNetwork("test");

    private ServiceNetwork _network = null!;
    private MeterListener _meters = null!;
    private List<string> _outcomes = null!;
    private PeerIdentity _honest = null!, _liar = null!;

    [SetUp]
    public void Create()
    {
        _network = new();
        _outcomes = [];
        (_honest, _liar) = (PeerIdentity.Create(), PeerIdentity.Create());
        string layer = Layer;
        List<string> outcomes = _outcomes;
        _meters = new() { InstrumentPublished = static (instrument, listener) => { if (instrument.Name == "discovery.sightings") listener.EnableMeasurementEvents(instrument); } };
        _meters.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            // The meter is shared by all tests that run now.
            if (tags[0].Value as string == layer)
                lock (outcomes)
                    outcomes.Add((string)tags[1].Value!);
        });
        _meters.Start();
    }

    [TearDown]
    public async Task RemoveAsync()
    {
        _meters.Dispose();
        await _network.DisposeAsync();
        _honest.Dispose();
        _liar.Dispose();
    }

    private static string Layer => TestContext.CurrentContext.Test.ID;

    [Test]
    public async Task WhoShowsTheRecordOfAnotherPeer() =>
        Assert.That(await MeetAsync(new() { Record = Sign(_honest, Place), Signer = _liar }), Is.EqualTo("Forged"));

    [Test]
    public async Task WhoseProofIsWrong() => Assert.That(await MeetAsync(new() { Record = Sign(_liar, Place), Signer = null }), Is.EqualTo("Forged"));

    [Test]
    public async Task WhoShowsARecordThatIsOver() =>
        Assert.That(await MeetAsync(new() { Record = Sign(_liar, Place, age: TimeSpan.FromHours(2)), Signer = _liar }), Is.EqualTo("BadRecord"));

    [Test]
    public async Task WhoShowsARecordFromTheFuture() =>
        Assert.That(await MeetAsync(new() { Record = Sign(_liar, Place, age: TimeSpan.FromHours(-2)), Signer = _liar }), Is.EqualTo("BadRecord"));

    [Test]
    public async Task WhoIsNotWhereItsRecordSays() => Assert.That(await MeetAsync(new() { Record = Sign(_liar, "10.0.9.9:10"), Signer = _liar }), Is.EqualTo("NotAtEndPoint"));

    [Test]
    public async Task WhoPassesTheQuestionOnToAnHonestPeer() =>
        Assert.That(await MeetAsync(new() { Record = Sign(_honest, "10.0.9.1:1"), Signer = _honest }), Is.EqualTo("NotAtEndPoint"));

    [Test]
    public async Task WhoIsAnotherPeerThanTheSightingSaid() =>
        Assert.That(await MeetAsync(new() { Record = Sign(_liar, Place), Signer = _liar }, said: _honest.Id), Is.EqualTo("AnotherPeer"));

    [Test]
    public async Task WhoIsOfAnotherNetwork() =>
        Assert.That(await MeetAsync(new() { Record = Sign(_liar, Place), Signer = _liar, Network = NetworkTopic.ForNetwork("other") }), Is.EqualTo("NotAMember"));

    [Test]
    public async Task WhoIsThisPeerItself() => Assert.That(await MeetAsync(new() { Record = Sign(_liar, Place), Signer = _liar }, own: _liar), Is.EqualTo("Self"));

    [Test]
    public async Task WhoIsSilent() => Assert.That(await MeetAsync(null), Is.EqualTo("NoAnswer"));

    [Test]
    public async Task WhoseEndPointNoDatagramCanReach() => Assert.That(await MeetAsync(null, place: "224.0.0.1:1"), Is.EqualTo("Unreachable"));

    [Test]
    public async Task WhoTellsTheTruth()
    {
        // The same way of meeting, so that the refusals above are not the setting's.
        Liar honest = new() { Record = Sign(_liar, Place), Signer = _liar };
        Assert.That(await MeetAsync(honest, expected: 1), Is.EqualTo("Verified"));
    }

    [TestCase(1, Description = "an older one")]
    [TestCase(0, Description = "another one of the same sequence number")]
    public async Task WhoGoesBackToAnOldRecord(long back)
    {
        Liar liar = new() { Record = Sign(_liar, Place), Signer = _liar };
        await MeetAsync(liar, expected: 1);
        liar.Record = PeerRecord.Create(_liar, s_topic, new() { Region = "elsewhere" }, [PeerEndPoint.Parse(Place)], liar.Record.Sequence - back);
        _network.Time.Advance(TimeSpan.FromMinutes(1));
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(_service!.DiscoverPeersAsync(1));
        Assert.Multiple(() =>
        {
            Assert.That(found.Peers, Is.Empty);
            Assert.That(_outcomes[^1], Is.EqualTo("StaleRecord"));
        });
    }

    [Test]
    public async Task AKnownPeerThatGoesOnLyingIsBannedForATime([Values("bad signature", "old record")] string lie)
    {
        Liar liar = new() { Record = Sign(_liar, Place), Signer = _liar };
        await MeetAsync(liar, expected: 1);
        await using IAsyncEnumerator<PeerEvent> events = _service!.WatchPeersAsync().GetAsyncEnumerator();
        SignedItem good = liar.Record;
        for (int i = 0; i < 2; i++)
        {
            _network.Time.Advance(TimeSpan.FromSeconds(61));
            (liar.Signer, liar.Record) = lie == "bad signature" ? (null, good)
                : (_liar, PeerRecord.Create(_liar, s_topic, new() { Region = "elsewhere" }, [PeerEndPoint.Parse(Place)], good.Sequence - 1));
            Assert.That((await _network.Time.AdvanceUntilAsync(_service.DiscoverPeersAsync(1))).Peers, Is.Empty);
        }
        Assert.That(_service.Peers.Get(_liar.Id), Is.Null);
        PeerLossReason? reason = null;
        while (reason is null)
        {
            Task<bool> next = events.MoveNextAsync().AsTask();
            await _network.Time.AdvanceUntilAsync(() => next.IsCompleted);
            reason = events.Current.Reason;
        }
        Assert.That(reason, Is.EqualTo(PeerLossReason.Banned));
        (liar.Signer, liar.Record) = (_liar, good);
        _network.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That((await _network.Time.AdvanceUntilAsync(_service.DiscoverPeersAsync(1))).Peers, Is.Empty, "honest again, but banned");
        _network.Time.Advance(Discovery.Peers.PeerBans.FirstBan);
        Assert.That((await _network.Time.AdvanceUntilAsync(_service.DiscoverPeersAsync(1))).Peers, Has.Count.EqualTo(1));
    }

    private IDiscoveryService? _service;

    /// <summary>A service whose only layer sights the liar; returns what it made of it.</summary>
    private async Task<string> MeetAsync(Liar? liar, PeerId? said = null, string place = Place, int expected = 0, PeerIdentity? own = null)
    {
        if (liar is not null)
        {
            DhtNode node = new([_network.Network.CreateTransport(PeerEndPoint.Parse(place))], new() { TimeProvider = _network.Time });
            node.Start();
            node.Serve(liar);
        }
        FixedLayer layer = new(Layer, DiscoveryScope.Local, new PeerSighting(PeerEndPoint.Parse(place), "") { Id = said });
        _service = await _network.StartAsync(ServiceNetwork.Passive with { Identity = own }, builder => builder.AddLayer(layer), withBootstrap: false);
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(_service.DiscoverPeersAsync(5));
        Assert.That(found.Peers, Has.Count.EqualTo(expected));
        lock (_outcomes)
            return _outcomes.Single();
    }

    private SignedItem Sign(PeerIdentity identity, string endPoint, TimeSpan age = default) =>
        PeerRecord.Create(identity, s_topic, new(), [PeerEndPoint.Parse(endPoint)], SequenceClock.ToSequence(_network.Time.GetUtcNow() - age));

    private sealed class Liar : INetworkMember
    {
        public NodeId Network { get; init; } = s_topic;

        public SignedItem? Record { get; set; }

        /// <summary>Whose key signs the proof; null for noise.</summary>
        public required PeerIdentity? Signer { get; set; }

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
        {
            signature.Fill(7);
            Signer?.Sign(message, signature);
        }

        public int ReadNeighbors(ReadOnlySpan<byte> capability, ReadOnlySpan<byte> region, ReadOnlySpan<byte> coordinate, bool ipv4, Span<(PeerId Id, PeerEndPoint EndPoint)> destination) => 0;

        public int WriteCoordinate(Span<byte> destination) => 0;

        public int Accept(SignedItem record, in PeerEndPoint source) => 0;
    }
}
