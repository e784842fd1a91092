using Discovery.Simulation;

namespace Discovery.Tests.Service.Maintenance;

/// <summary>Most of a thousand known peers are gone at once, or seem to be.</summary>
public sealed class MassDeathTests
{
    private const int Peers = 1000;

    private SimulatedNetwork _network = null!;
    private IDiscoveryService _service = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _network = new("test", 5, new() { Loss = 0.01 });
        FixedLayer layer = new("fixed", DiscoveryScope.Local, [.. _network.AddPeers(Peers).Select(static peer => new PeerSighting(peer.EndPoint, "fixed"))]);
        DiscoveryOptions options = new() { Timing = new() { DiscoverInterval = TimeSpan.MaxValue } };
        _service = _network.CreateBuilder(options).AddLayer(layer).AddGlobalLayer().Build();
        await _network.RunAsync(() => _service.InitializeAsync());
        // One search has not the time to make all of them prove their keys.
        while (_service.Peers.Count < Peers)
            await _network.RunAsync(async () =>
            {
                await foreach (PeerInfo peer in _service.FindPeersAsync())
                    _ = peer;
            });
    }

    [TearDown]
    public async Task RemoveAsync()
    {
        await _service.DisposeAsync();
        _network.Dispose();
    }

    [TestCase(50), TestCase(80), TestCase(95)]
    public async Task HoweverManyDieTheyAreLostAfterTenRoundsAndTheLivingAreKept(int percent)
    {
        Random random = new(percent);
        VirtualPeer[] dead = [.. _network.Peers.OrderBy(_ => random.Next()).Take(Peers * percent / 100)];
        _network.Kill(dead);
        await _network.AdvanceAsync(TimeSpan.FromMinutes(6));
        Assert.That(dead.Count(peer => _service.Peers.Get(peer.Id) is not null), Is.AtMost(dead.Length / 100));
        Assert.That(_network.Peers.Where(static peer => peer.IsUp).Select(peer => _service.Peers.Get(peer.Id)), Is.All.Not.Null);
    }

    [Test]
    public async Task WhoSeemedToBeDeadBehindABrokenCableIsBackTwoMinutesAfterItIsMended()
    {
        IReadOnlyList<PeerEndPoint> own = _service.Self.EndPoints;
        _network.Unplug(own);
        await _network.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.That(_service.GetHealth().AlivePeers, Is.Zero);
        _network.Plug(own);
        await _network.AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.That(_service.Peers.ListAlive(), Has.Count.EqualTo(Peers));
    }
}
