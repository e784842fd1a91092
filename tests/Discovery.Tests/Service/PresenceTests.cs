using System.Diagnostics;
using System.Diagnostics.Metrics;
using Discovery.Kademlia;
using Discovery.Peers;
using Discovery.Service;
using Discovery.Tests.Support;
using Discovery.Transports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Tests.Service;

/// <summary>Being known and knowing others as time passes.</summary>
public sealed class PresenceTests
{
    private ServiceNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new();

    [TearDown]
    public ValueTask RemoveAsync() => _network.DisposeAsync();

    [Test]
    public async Task APeerWhoseRecordIsOverIsLost()
    {
        // It is not asked anew, so that only the record's end can tell.
        DiscoveryOptions options = new() { Timing = new() { SampleInterval = TimeSpan.MaxValue, DiscoverInterval = TimeSpan.MaxValue, StaleAfter = TimeSpan.FromHours(3), RescoreInterval = TimeSpan.FromHours(3) } };
        IDiscoveryService other = await _network.StartAsync(options, withBootstrap: false);
        FixedLayer layer = new("fixed", DiscoveryScope.Local, new PeerSighting(other.Self.EndPoints[0], "fixed"));
        IDiscoveryService service = await _network.StartAsync(options, builder => builder.AddLayer(layer), withBootstrap: false);
        await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        _network.Network.Unplug(other.Self.EndPoints[0]);
        await using IAsyncEnumerator<PeerEvent> events = service.WatchPeersAsync().GetAsyncEnumerator();
        bool any = await _network.Time.AdvanceUntilAsync(events.MoveNextAsync(), TimeSpan.FromSeconds(5), TimeSpan.FromHours(2));
        Assert.Multiple(() =>
        {
            Assert.That(any, Is.True);
            Assert.That((events.Current.Kind, events.Current.Peer.Id), Is.EqualTo((PeerEventKind.Lost, other.Self.Id)));
            Assert.That(_network.Time.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromHours(1)));
        });
    }

    [Test]
    public async Task APeerThatIsAloneIsFoundByEverybodyWhoAsksIt([Values] bool isReadOnly)
    {
        // It is the bootstrap host and a peer; those who come, come one after another and are gone before the next: nobody else holds its announcement.
        await using InMemoryTransport transport = _network.Network.CreateTransport(PeerEndPoint.Parse(ServiceNetwork.BootstrapHost));
        await using IDiscoveryService alone = new DiscoveryServiceBuilder("test", new() { TimeProvider = _network.Time, Capabilities = ["storage"] })
            .UseTransports(transport).AddGlobalLayer().Build();
        await _network.Time.AdvanceUntilAsync(alone.InitializeAsync());
        for (int i = 0; i < 3; i++)
        {
            IDiscoveryService visitor = await _network.StartAsync(new() { IsReadOnly = isReadOnly });
            DiscoveryResult found = await _network.Time.AdvanceUntilAsync(visitor.DiscoverPeersAsync(1, new() { Capability = "storage" }));
            Assert.That(found.Peers.Select(static peer => peer.Id), Is.EqualTo(new[] { alone.Self.Id }), $"visitor {i}");
            await visitor.DisposeAsync();
            TimeSpan later = _network.Time.Elapsed + TimeSpan.FromMinutes(20);
            await _network.Time.AdvanceUntilAsync(() => _network.Time.Elapsed >= later, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1));
        }
        Task stop = alone.DisposeAsync().AsTask();
        await _network.Time.AdvanceUntilAsync(() => stop.IsCompleted);
    }

    [Test]
    public async Task MaintenanceGoesOnWhenOneStepOfItFails()
    {
        // Half its life later the record is to be signed anew, with a key that the application has disposed of.
        using PeerIdentity identity = PeerIdentity.Create();
        DiscoveryOptions options = new() { Timing = new() { SampleInterval = TimeSpan.MaxValue, DiscoverInterval = TimeSpan.MaxValue, StaleAfter = TimeSpan.FromHours(3), RescoreInterval = TimeSpan.FromHours(3) } };
        IDiscoveryService other = await _network.StartAsync(options, withBootstrap: false);
        FixedLayer layer = new("fixed", DiscoveryScope.Local, new PeerSighting(other.Self.EndPoints[0], "fixed"));
        IDiscoveryService service = await _network.StartAsync(options with { Identity = identity }, builder => builder.AddLayer(layer), withBootstrap: false);
        await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        _network.Network.Unplug(other.Self.EndPoints[0]);
        identity.Dispose();
        await _network.Time.AdvanceUntilAsync(() => service.Peers.Count == 0, TimeSpan.FromSeconds(5), TimeSpan.FromHours(2));
        Assert.That(_network.Time.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromHours(1)), "lost when its record was over");
    }

    [Test]
    public async Task APeerThatStaysIsNotLostWhenItsFirstRecordIsOver()
    {
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false);
        FixedLayer layer = new("fixed", DiscoveryScope.Local, new PeerSighting(other.Self.EndPoints[0], "fixed"));
        IDiscoveryService service = await _network.StartAsync(configure: builder => builder.AddLayer(layer), withBootstrap: false);
        await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        TimeSpan later = _network.Time.Elapsed + TimeSpan.FromHours(3);
        await _network.Time.AdvanceUntilAsync(() => service.Peers.Count == 0 || _network.Time.Elapsed > later, TimeSpan.FromSeconds(2), TimeSpan.FromHours(4));
        Assert.Multiple(() =>
        {
            Assert.That(service.Peers.Count, Is.EqualTo(1));
            Assert.That(service.Peers.Get(other.Self.Id)?.Record?.Sequence, Is.GreaterThan(0));
        });
    }

    [Test]
    public async Task ASlowWatcherHoldsUpNobodyAndLearnsTheTruthInTheEnd()
    {
        IDiscoveryService[] others = [.. await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _network.StartAsync(withBootstrap: false)))];
        FixedLayer layer = new("fixed", DiscoveryScope.Local, [.. others.Select(static other => new PeerSighting(other.Self.EndPoints[0], "fixed"))]);
        DiscoveryOptions options = new() { Timing = new() { ProofLifetime = TimeSpan.FromMilliseconds(1) } };
        IDiscoveryService service = await _network.StartAsync(options, builder => builder.AddLayer(layer), withBootstrap: false);
        await using IAsyncEnumerator<PeerEvent> slow = service.WatchPeersAsync().GetAsyncEnumerator();
        for (int i = 0; i < 20; i++)
        {
            // Each finds all of them and changes what is known of each.
            DiscoveryResult found = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(6));
            Assert.That(found.Peers, Has.Count.EqualTo(6));
            _network.Time.Advance(TimeSpan.FromMilliseconds(10));
        }
        HashSet<PeerId> known = [];
        for (int i = 0; i < 6; i++)
        {
            Assert.That(await _network.Time.AdvanceUntilAsync(slow.MoveNextAsync()), Is.True);
            Assert.That(slow.Current.Kind, Is.EqualTo(PeerEventKind.Discovered));
            known.Add(slow.Current.Peer.Id);
        }
        Assert.That(known, Is.EquivalentTo(others.Select(static other => other.Self.Id)));
        Assert.That(slow.Current.Peer.LastSeen, Is.EqualTo(service.Peers.Get(slow.Current.Peer.Id)!.LastSeen), "what waits is brought up to date");
    }

    [TestCase(DiscoveryStrategy.LocalFirst, 0)]
    [TestCase(DiscoveryStrategy.Hybrid, 1)]
    public async Task LocalFirstAsksFarLayersOnlyWhileSomebodyIsMissing(DiscoveryStrategy strategy, int askedForOne)
    {
        IDiscoveryService near = await _network.StartAsync(withBootstrap: false), far = await _network.StartAsync(withBootstrap: false);
        FixedLayer global = new("far", DiscoveryScope.Global, new PeerSighting(far.Self.EndPoints[0], "far"));
        // Near answers only once far has been asked, if it is to be.
        FixedLayer local = new("near", DiscoveryScope.Local, new PeerSighting(near.Self.EndPoints[0], "near")) { Await = strategy == DiscoveryStrategy.Hybrid ? global.WasAsked : Task.CompletedTask };
        IDiscoveryService service = await _network.StartAsync(new() { Strategy = strategy }, builder => builder.AddLayer(global).AddLayer(local), withBootstrap: false);
        await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        Assert.That(global.Asked, Is.EqualTo(askedForOne));
        DiscoveryResult both = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(2));
        Assert.Multiple(() =>
        {
            Assert.That(both.Peers.Select(static peer => peer.Id), Is.EquivalentTo(new[] { near.Self.Id, far.Self.Id }));
            Assert.That(both.Strategy, Is.EqualTo(strategy));
            Assert.That(both.SourceBreakdown.Values.Sum(), Is.EqualTo(2));
            Assert.That(global.Asked, Is.Positive);
        });
    }

    [Test]
    public async Task ADiscoveryIsMeasuredAndTraced()
    {
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false);
        string name = TestContext.CurrentContext.Test.ID;
        FixedLayer layer = new(name, DiscoveryScope.Local, new PeerSighting(other.Self.EndPoints[0], "x"), new PeerSighting(PeerEndPoint.Parse("224.0.0.1:1"), "x"));
        IDiscoveryService service = await _network.StartAsync(configure: builder => builder.AddLayer(layer), withBootstrap: false);
        List<string> discovered = [];
        int durations = 0;
        using MeterListener meters = new() { InstrumentPublished = static (instrument, listener) => { if (instrument.Meter.Name == "Discovery") listener.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            if (instrument.Name == "discovery.peers.discovered")
                lock (discovered)
                    discovered.Add((string)tags[0].Value!);
        });
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            if (instrument.Name == "discovery.duration" && (string)tags[0].Value! == "Hybrid")
                Interlocked.Increment(ref durations);
        });
        meters.Start();
        List<Activity> activities = [];
        using ActivityListener traces = new()
        {
            ShouldListenTo = static source => source.Name == "Discovery",
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => { lock (activities) activities.Add(activity); },
        };
        ActivitySource.AddActivityListener(traces);
        await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(3));
        Activity discover = activities.Single(static activity => activity.OperationName == "discover");
        Assert.Multiple(() =>
        {
            Assert.That(discovered, Has.One.EqualTo(name));
            Assert.That(durations, Is.Positive);
            Assert.That(discover.GetTagItem("found"), Is.EqualTo(1));
            Assert.That(discover.Events.SelectMany(static e => e.Tags), Has.One.EqualTo(new KeyValuePair<string, object?>("outcome", "Unreachable")));
        });
    }

    [Test]
    public async Task WhoIntroducesItselfIsProvenAndThenKnown()
    {
        IDiscoveryService service = await _network.StartAsync(withBootstrap: false), other = await _network.StartAsync(withBootstrap: false);
        // As dsc_announce brings it: the signature has been checked.
        LocalMember member = Member(service);
        Assert.That(member.Accept(other.Self.Record!, other.Self.EndPoints[0]), Is.Zero);
        await _network.Time.AdvanceUntilAsync(() => service.Peers.Count == 1);
        using PeerIdentity stranger = PeerIdentity.Create();
        long now = SequenceClock.ToSequence(_network.Time.GetUtcNow());
        PeerEndPoint place = PeerEndPoint.Parse("10.0.9.9:9");
        SignedItem absent = PeerRecord.Create(stranger, member.Network, new(), [place], now);
        SignedItem over = PeerRecord.Create(stranger, member.Network, new(), [place], now - 2 * 3_600_000_000L);
        SignedItem elsewhere = PeerRecord.Create(stranger, NetworkTopic.ForNetwork("other"), new(), [place], now);
        Assert.Multiple(() =>
        {
            Assert.That(service.Peers.Get(other.Self.Id)?.Sources, Is.EqualTo(new[] { LocalMember.Introduced }));
            Assert.That(member.Accept(other.Self.Record!, other.Self.EndPoints[0]), Is.Zero, "the same again");
            Assert.That(member.Accept(absent, place), Is.Zero);
            Assert.That(member.Accept(over, place), Is.EqualTo(KrpcError.Protocol));
            Assert.That(member.Accept(elsewhere, place), Is.EqualTo(KrpcError.Protocol));
            Assert.That(member.Accept(service.Self.Record!, place), Is.Zero, "its own");
        });
        TimeSpan later = _network.Time.Elapsed + TimeSpan.FromSeconds(10);
        await _network.Time.AdvanceUntilAsync(() => _network.Time.Elapsed >= later);
        Assert.That(service.Peers.Count, Is.EqualTo(1), "a record proves nobody's presence");
    }

    [Test]
    public async Task ThoseWhoIntroduceThemselvesAndDoNotAnswerHoldUpNobody()
    {
        IDiscoveryService service = await _network.StartAsync(withBootstrap: false), other = await _network.StartAsync(withBootstrap: false);
        LocalMember member = Member(service);
        for (int i = 1; i <= 3; i++)
        {
            using PeerIdentity stranger = PeerIdentity.Create();
            PeerEndPoint nowhere = PeerEndPoint.Parse($"10.0.9.{i}:9");
            member.Accept(PeerRecord.Create(stranger, member.Network, new(), [nowhere], SequenceClock.ToSequence(_network.Time.GetUtcNow())), nowhere);
        }
        member.Accept(other.Self.Record!, other.Self.EndPoints[0]);
        // One who is not there takes five seconds as long as no round trip is known.
        await _network.Time.AdvanceUntilAsync(() => service.Peers.Count == 1, limit: TimeSpan.FromSeconds(4));
    }

    [Test]
    public void ARecordIsSignedAnewWhenItSaysSomethingElseAndInTime()
    {
        using PeerIdentity identity = PeerIdentity.Create();
        LocalMember member = new(identity, "test", isPublic: false, new() { TimeProvider = _network.Time }, new(10, new(PeerScoring.Default), identity.Id), new(new Random(1)), NullLogger.Instance);
        List<PeerEndPoint> here = [PeerEndPoint.Parse("10.0.0.1:1")], there = [PeerEndPoint.Parse("10.0.0.2:1")];
        member.Renew([]);
        Assert.That(member.Record, Is.Null, "nowhere to be reached");
        Task changed = member.Changed;
        long first = Renew(here);
        Assert.Multiple(() =>
        {
            Assert.That(changed.IsCompleted, Is.True);
            Assert.That(Renew([.. here]), Is.EqualTo(first));
            Assert.That(Renew(there), Is.GreaterThan(first));
            Assert.That(member.Self.EndPoints, Is.EqualTo(there));
            Assert.That(member.Record!.Verify(), Is.True);
        });
        long second = member.Record!.Sequence;
        _network.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.That(Renew(there), Is.EqualTo(second));
        _network.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(Renew(there), Is.GreaterThan(second), "half its hour is over");

        long Renew(List<PeerEndPoint> endPoints)
        {
            member.Renew(endPoints);
            return member.Record!.Sequence;
        }
    }

    [Test]
    public async Task ThePublicNetworkIsNotSpokenOfUnlessAskedFor()
    {
        await using IDiscoveryService quiet = new DiscoveryServiceBuilder("test").AddGlobalLayer().Build();
        await using IDiscoveryService loud = new DiscoveryServiceBuilder("test").AddMainline().AddMainline().Build();
        Assert.Multiple(() =>
        {
            Assert.That(quiet.GetHealth().Parts.Select(static part => part.Name), Is.EqualTo(new[] { "global" }));
            Assert.That(loud.GetHealth().Parts.Select(static part => part.Name), Is.EqualTo(new[] { "mainline", "global" }));
        });
    }

    private static LocalMember Member(IDiscoveryService service) => ((DiscoveryService)service).Member;
}
