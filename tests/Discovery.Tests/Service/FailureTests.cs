using Discovery.Kademlia;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Tests.Service;

/// <summary>What goes wrong is data, and never hides what goes right.</summary>
public sealed class FailureTests
{
    private ServiceNetwork _network = null!;

    [SetUp]
    public void Create() => _network = new();

    [TearDown]
    public ValueTask RemoveAsync() => _network.DisposeAsync();

    [TestCase(Breakage.ThrowsAtStart)]
    [TestCase(Breakage.ThrowsAtFind)]
    [TestCase(Breakage.ThrowsInside)]
    [TestCase(Breakage.ThrowsEverywhere)]
    [TestCase(Breakage.YieldsNull)]
    [TestCase(Breakage.ThrowsWhenTold)]
    [TestCase(Breakage.HangsInFind)]
    public async Task ABrokenLayerDoesNotHideTheAnswersOfAnother(Breakage breakage)
    {
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false);
        FixedLayer good = new("good", DiscoveryScope.Global, new PeerSighting(other.Self.EndPoints[0], "x"));
        IDiscoveryService service = _network.Create(configure: builder => builder.AddLayer(new BrokenLayer(breakage)).AddLayer(good), withBootstrap: false);
        Assert.That(await _network.Time.AdvanceUntilAsync(service.InitializeAsync()), Is.True);
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(5));
        AnnounceResult announced = await _network.Time.AdvanceUntilAsync(service.AnnouncePresenceAsync());
        DiscoveryHealth health = service.GetHealth();
        Assert.Multiple(() =>
        {
            Assert.That(found.Peers.Select(static peer => peer.Id), Is.EqualTo(new[] { other.Self.Id }));
            Assert.That(found.SourceBreakdown, Is.EquivalentTo(new Dictionary<string, int> { ["good"] = 1 }));
            Assert.That(found.Failures.Select(static failure => failure.Layer), Is.EqualTo(breakage == Breakage.ThrowsAtStart ? [] : new[] { "broken" }));
            if (breakage == Breakage.HangsInFind)
                Assert.That(found.Failures[0].Exception, Is.InstanceOf<TimeoutException>());
            if (breakage == Breakage.YieldsNull)
                Assert.That(found.Failures[0].Exception, Is.InstanceOf<DiscoveryException>());
            Assert.That(announced.Layers["broken"].Error, Is.Not.Null);
            Assert.That(announced.Layers["good"].IsSupported, Is.False);
            Assert.That(health.Status, Is.EqualTo(DiscoveryStatus.Degraded));
            Assert.That(health.Reasons, Has.One.Contains("broken"));
            Assert.That(health.Parts.Single(static part => part.Name == "broken").LastError, Is.Not.Null);
        });
    }

    [Test]
    public async Task ManyDeadEndPointsOfOneLayerHoldUpNoOther([Values] DiscoveryStrategy strategy)
    {
        IDiscoveryService[] others = [await _network.StartAsync(withBootstrap: false), await _network.StartAsync(withBootstrap: false), await _network.StartAsync(withBootstrap: false)];
        TaskCompletionSource later = new();
        FixedLayer dead = new("dead", DiscoveryScope.Global, [.. Enumerable.Range(0, 1000).Select(static number => new PeerSighting(PeerEndPoint.Parse($"10.77.{number / 250}.{number % 250 + 1}:9"), "x"))]);
        FixedLayer good = new("good", DiscoveryScope.Local, [.. others.Select(static other => new PeerSighting(other.Self.EndPoints[0], "x"))]) { Await = later.Task };
        IDiscoveryService service = await _network.StartAsync(ServiceNetwork.Passive with { Strategy = strategy }, builder => builder.AddLayer(dead).AddLayer(good), withBootstrap: false);
        Task<DiscoveryResult> search = service.DiscoverPeersAsync(3).AsTask();
        TimeSpan end = _network.Time.Elapsed + TimeSpan.FromMilliseconds(500);
        await _network.Time.AdvanceUntilAsync(() => _network.Time.Elapsed >= end);
        later.SetResult();
        await _network.Time.AdvanceUntilAsync(() => search.IsCompleted, TimeSpan.FromMilliseconds(20));
        DiscoveryResult found = await search;
        Assert.That(found.Peers.Select(static peer => peer.Id), Is.EquivalentTo(others.Select(static other => other.Self.Id)));
        Assert.That(found.Elapsed, Is.LessThan(TimeSpan.FromSeconds(4)));
    }

    [Test]
    public async Task ABrokenSourceDoesNotHideAnotherAndIsReported()
    {
        _network.StartBootstrap();
        IDiscoveryService service = await _network.StartAsync(configure: static builder => builder.AddBootstrap(new BrokenSource()).AddBootstrap(new BrokenSource()));
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(1));
        DiscoveryHealth health = service.GetHealth();
        Assert.Multiple(() =>
        {
            Assert.That(found.Failures.Select(static failure => failure.Layer), Is.EqualTo(new[] { "broken", "broken-2" }));
            Assert.That(found.Failures.Select(static failure => failure.Exception), Is.All.InstanceOf<BootstrapException>());
            Assert.That(health.Status, Is.EqualTo(DiscoveryStatus.Degraded));
            Assert.That(health.Parts.Single(static part => part.Name == "fixed").Status, Is.EqualTo(DiscoveryStatus.Healthy));
            Assert.That(health.Reasons, Has.Exactly(2).Contains("no such file"));
        });
    }

    [Test]
    public async Task ABootstrapHostThatComesUpLaterIsEnough()
    {
        IDiscoveryService first = _network.Create(), second = _network.Create();
        Assert.That(await _network.Time.AdvanceUntilAsync(first.InitializeAsync()), Is.False);
        Assert.That(await _network.Time.AdvanceUntilAsync(second.InitializeAsync()), Is.False);
        DiscoveryResult alone = await _network.Time.AdvanceUntilAsync(second.DiscoverPeersAsync(1));
        Assert.Multiple(() =>
        {
            Assert.That(alone.Peers, Is.Empty);
            Assert.That(alone.Failures.Single().Layer, Is.EqualTo("global"));
            Assert.That(second.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Unhealthy));
        });
        _network.Time.Advance(TimeSpan.FromMinutes(1));
        _network.StartBootstrap();
        await _network.Time.AdvanceUntilAsync(() => first.GetHealth().Status == DiscoveryStatus.Healthy && second.GetHealth().Status == DiscoveryStatus.Healthy,
            TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Assert.That((await _network.Time.AdvanceUntilAsync(first.AnnouncePresenceAsync())).Acknowledged, Is.Positive);
        DiscoveryResult found = await _network.Time.AdvanceUntilAsync(second.DiscoverPeersAsync(1));
        Assert.That(found.Peers.Select(static peer => peer.Id), Is.EqualTo(new[] { first.Self.Id }));
    }

    [Test]
    public async Task ARestartWithTheSavedStateNeedsNoBootstrap()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.state");
        try
        {
            await using DhtNode bootstrap = _network.StartBootstrap();
            IDiscoveryService[] others = [await _network.StartPublishedAsync(), await _network.StartPublishedAsync()];
            IDiscoveryService service = await _network.StartAsync(new() { StatePath = path });
            await _network.Time.AdvanceUntilAsync(service.DiscoverPeersAsync(2));
            // Until the others have announced themselves to each other too, only the bootstrap host knows of them.
            TimeSpan later = _network.Time.Elapsed + TimeSpan.FromSeconds(2);
            await _network.Time.AdvanceUntilAsync(() => _network.Time.Elapsed >= later);
            await service.DisposeAsync();
            Assert.That(File.Exists(path), Is.True);
            await bootstrap.DisposeAsync();
            IDiscoveryService again = await _network.StartAsync(new() { StatePath = path }, static builder => builder.AddGlobalLayer(), withBootstrap: false);
            DiscoveryResult found = await _network.Time.AdvanceUntilAsync(again.DiscoverPeersAsync(2));
            Assert.That(found.Peers.Select(static peer => peer.Id), Is.EquivalentTo(others.Select(static other => other.Self.Id)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public async Task TheSavedStateOfANetworkOfTwoNamesTheBootstrapHost()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.state");
        try
        {
            _network.StartBootstrap();
            IDiscoveryService service = await _network.StartAsync(new() { StatePath = path });
            Assert.That(service.GetHealth().TableSize, Is.Zero, "who is asked as a bootstrap host is never inserted");
            await service.DisposeAsync();
            IDiscoveryService again = await _network.StartAsync(new() { StatePath = path }, static builder => builder.AddGlobalLayer(), withBootstrap: false);
            Assert.Multiple(() =>
            {
                Assert.That(again.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Healthy));
                Assert.That(again.GetHealth().TableSize, Is.EqualTo(1));
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCase("d8:checksum4:torn")]
    [TestCase("")]
    [TestCase(null)]
    public async Task AStateThatIsDamagedOrCannotBeWrittenCostsNothingElse(string? content)
    {
        string folder = Directory.CreateTempSubdirectory("discovery-").FullName, path = Path.Combine(folder, "state");
        if (content is not null)
            await File.WriteAllTextAsync(path, content);
        _network.StartBootstrap();
        IDiscoveryService service = await _network.StartAsync(new() { StatePath = path });
        Directory.Delete(folder, recursive: true);
        Assert.That(service.GetHealth().Status, Is.EqualTo(DiscoveryStatus.Healthy));
        await service.DisposeAsync();
    }

    [Test]
    public async Task ATooLongStateIsTold()
    {
        string folder = Directory.CreateTempSubdirectory("discovery-").FullName, path = Path.Combine(folder, "state");
        try
        {
            await File.WriteAllTextAsync(path, "d8:checksum4:".PadRight(RoutingTableSnapshot.MaxSize + 1));
            using LogCollector logs = new();
            _network.StartBootstrap();
            await _network.StartAsync(new() { StatePath = path, LoggerFactory = logs });
            Assert.That(logs.Messages, Has.One.Contains(path).And.Contains("longer than"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task WhatIsNoStateFailsTheStartAndIsNotOverwritten()
    {
        string folder = Directory.CreateTempSubdirectory("discovery-").FullName, path = Path.Combine(folder, "letter");
        try
        {
            await File.WriteAllTextAsync(path, "Dear reader");
            foreach (string wrong in (string[])[path, folder])
            {
                IDiscoveryService service = _network.Create(new() { StatePath = wrong });
                Assert.That(async () => await service.InitializeAsync(), Throws.InstanceOf<DiscoveryException>().With.Message.Contains(wrong));
                await service.DisposeAsync();
            }
            Assert.That(await File.ReadAllTextAsync(path), Is.EqualTo("Dear reader"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task APredicateThatThrowsIsForItsAuthorToSee()
    {
        IDiscoveryService other = await _network.StartAsync(withBootstrap: false);
        FixedLayer layer = new("fixed", DiscoveryScope.Global, new PeerSighting(other.Self.EndPoints[0], "fixed"));
        IDiscoveryService service = await _network.StartAsync(configure: builder => builder.AddLayer(layer), withBootstrap: false);
        Task<DiscoveryResult> search = service.DiscoverPeersAsync(1, new() { Predicate = static _ => throw new FormatException() }).AsTask();
        await _network.Time.AdvanceUntilAsync(() => search.IsCompleted);
        Assert.ThrowsAsync<FormatException>(() => search);
    }
}
