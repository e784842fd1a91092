using Discovery.Simulation;

namespace Discovery.Tests.Simulation.Services;

/// <summary>What a test of an application gets wrong is told where it is wrong.</summary>
public sealed class SimulatedNetworkErrorsTests
{
    private SimulatedNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new("test", 1);

    [TearDown]
    public void Clear() => _network.Dispose();

    [Test]
    public void WhatIsMissingIsNamedAtTheCall()
    {
        (string Name, Action Call)[] calls =
        [
            ("name", static () => new SimulatedNetwork(null!, 1)),
            ("value", () => _network.Conditions = null!),
            ("Latency", static () => _ = new NetworkConditions { Latency = null! }),
            ("capabilities", () => _network.AddPeers(1, (IReadOnlyList<string>)null!)),
            ("profile", () => _network.AddPeers(1, (DiscoveryOptions)null!)),
            ("peers", () => _network.Kill((IEnumerable<VirtualPeer>)null!)),
            ("peers", () => _network.Revive((IEnumerable<VirtualPeer>)null!)),
            ("endPoints", () => _network.Unplug((IEnumerable<PeerEndPoint>)null!)),
            ("endPoints", () => _network.Plug((IEnumerable<PeerEndPoint>)null!)),
            ("island", () => _network.Partition((IEnumerable<PeerEndPoint>)null!)),
        ];
        Assert.Multiple(() =>
        {
            foreach ((string name, Action call) in calls)
                Assert.That(call, Throws.ArgumentNullException.With.Property(nameof(ArgumentException.ParamName)).EqualTo(name));
        });
    }

    [Test]
    public void WhatIsOutOfRangeIsNamedAtTheCall()
    {
        (string Name, Action Call)[] calls =
        [
            ("limit", () => _ = _network.RunAsync(static () => Task.CompletedTask, TimeSpan.FromSeconds(-5))),
            ("limit", () => _ = _network.RunAsync(static () => Task.CompletedTask, TimeSpan.FromDays(50))),
            ("limit", () => _network.HoldTime(TimeSpan.FromSeconds(-5))),
            ("by", () => _ = _network.AdvanceAsync(Timeout.InfiniteTimeSpan)),
            ("by", () => _ = _network.AdvanceAsync(TimeSpan.FromDays(50))),
            ("count", () => _network.AddPeers(0)),
            ("nat", () => _network.CreateTransport((NatKind)77)),
            ("nat", () => _network.CreateService(nat: (NatKind)77)),
        ];
        Assert.Multiple(() =>
        {
            foreach ((string name, Action call) in calls)
                Assert.That(call, Throws.TypeOf<ArgumentOutOfRangeException>().With.Property(nameof(ArgumentException.ParamName)).EqualTo(name));
        });
    }

    [Test]
    public void PeersOfAnotherNetworkAreRefusedAndNobodyIsKilled()
    {
        IReadOnlyList<VirtualPeer> own = _network.AddPeers(3);
        using SimulatedNetwork twin = new("test", 1);
        VirtualPeer stranger = twin.AddPeers(3)[1];
        Assert.That(_network.Find(stranger.Id), Is.Not.Null, "one seed, one key");
        foreach (Action<VirtualPeer[]> action in (Action<VirtualPeer[]>[])[_network.Kill, _network.Revive])
        {
            Assert.That(() => action([own[0], stranger]), Throws.ArgumentException.With.Message.Contains("another network").And.Property(nameof(ArgumentException.ParamName)).EqualTo("peers"));
            Assert.That(() => action([own[0], null!]), Throws.ArgumentException.With.Property(nameof(ArgumentException.ParamName)).EqualTo("peers"));
        }
        Assert.That(own.Append(stranger).Select(static peer => peer.IsUp), Is.All.True);
    }

    [Test]
    public void NobodyIsAddedWhoseRecordWouldBeTooLarge()
    {
        string[] many = [.. Enumerable.Range(0, 32).Select(static i => new string('x', 60) + i)];
        Assert.That(() => _network.AddPeers(3, many), Throws.ArgumentException.With.Message.Contains("995 bytes"));
        Assert.That(() => _network.AddPeers(3, [null!]), Throws.ArgumentException);
        Assert.That(_network.Peers, Is.Empty);
    }

    [Test]
    public async Task AnEmptyIslandIsTheMistakeOfAskingAServiceTooEarly()
    {
        _network.AddPeers(10);
        await using IDiscoveryService service = _network.CreateService();
        foreach (Action<PeerEndPoint[]> action in (Action<PeerEndPoint[]>[])[_network.Unplug, _network.Plug, _network.Partition])
            Assert.That(() => action([.. service.Self.EndPoints]), Throws.ArgumentException.With.Message.Contains("initialized"));
    }

    [Test]
    public void AfterDisposalEverythingSaysSo()
    {
        VirtualPeer peer = _network.AddPeers(3)[0];
        IDisposable hold = _network.HoldTime();
        _network.Dispose();
        Action[] calls =
        [
            () => _network.Heal(), () => _network.Partition(peer.EndPoint), () => _network.Unplug(peer.EndPoint), () => _network.Plug(peer.EndPoint), () => _network.HoldTime(),
            () => _network.Kill(peer), () => _network.Revive(peer), () => _network.AddPeers(1), () => _network.Find(peer.Id), () => _ = _network.Peers, () => _ = _network.Datagrams,
            () => _ = _network.Conditions, () => _network.Conditions = new(), () => _network.CreateTransport(), () => _network.CreateBuilder(), () => _network.CreateService(),
            () => _ = _network.RunAsync(static () => Task.CompletedTask), () => _ = _network.AdvanceAsync(TimeSpan.Zero),
        ];
        Assert.Multiple(() =>
        {
            for (int i = 0; i < calls.Length; i++)
                Assert.That(calls[i], Throws.TypeOf<ObjectDisposedException>(), $"call {i}");
        });
        Assert.That(async () => await _network.Bootstrap.GetNodesAsync(CancellationToken.None).CountAsync(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(hold.Dispose, Throws.Nothing);
        Assert.That(_network.Time.Elapsed, Is.EqualTo(TimeSpan.Zero), "the clock can still be read");
    }

    [TestCase(-1), TestCase(36_000_000_001), TestCase(long.MaxValue), TestCase(long.MinValue)]
    public void ALatencyThatCannotBeIsToldWithItsModel(long ticks)
    {
        Wrong model = new(TimeSpan.FromTicks(ticks));
        using SimulatedNetwork network = new("test", 1, new() { Latency = model });
        Assert.That(() => network.AddPeers(20), Throws.InvalidOperationException.With.Message.Contains(nameof(Wrong)).And.Message.Contains(model.Time.ToString()));

        _network.AddPeers(20);
        IDiscoveryService service = _network.CreateService();
        _network.Conditions = new() { Latency = model };
        Assert.That(() => _network.RunAsync(() => service.InitializeAsync()), Throws.InvalidOperationException.With.Message.Contains(nameof(Wrong)));
        Assert.That(async () => await service.DisposeAsync(), Throws.Nothing);
    }

    [TestCase(0), TestCase(36_000_000_000)]
    public void ALatencyOfNothingOrAnHourIsPossible(long ticks)
    {
        _network.Conditions = new() { Latency = new Wrong(TimeSpan.FromTicks(ticks)) };
        _network.AddPeers(20);
        Assert.That(() => _network.AdvanceAsync(TimeSpan.FromMinutes(1)), Throws.Nothing);
    }

    private sealed class Wrong(TimeSpan time) : ILatencyModel
    {
        public TimeSpan Time => time;

        public TimeSpan RoundTrip(in PeerEndPoint left, in PeerEndPoint right) => time;
    }
}
