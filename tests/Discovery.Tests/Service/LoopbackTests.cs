using System.Net;
using Discovery.Transports;

namespace Discovery.Tests.Service;

/// <summary>The same over real sockets and in real time.</summary>
public sealed class LoopbackTests
{
    private const int Patience = 180_000;

    [Test, CancelAfter(Patience)]
    public async Task ServicesOnRealSocketsFindEachOther(CancellationToken cancellationToken)
    {
        await using DhtNode bootstrap = new([new UdpTransport(new IPEndPoint(IPAddress.Loopback, 0))]);
        bootstrap.Start();
        await using IDiscoveryService first = Create(bootstrap, new() { Capabilities = ["storage"] }), second = Create(bootstrap, new());
        Assert.That(await Task.WhenAll(first.InitializeAsync(cancellationToken).AsTask(), second.InitializeAsync(cancellationToken).AsTask()), Is.All.True);
        Assert.That((await first.AnnouncePresenceAsync(cancellationToken)).Acknowledged, Is.Positive);
        DiscoveryResult found = await second.DiscoverPeersAsync(1, new() { Capability = "storage" }, cancellationToken);
        PeerInfo? resolved = await second.ResolvePeerAsync(first.Self.Id, cancellationToken);
        Assert.Multiple(() =>
        {
            Assert.That(found.Peers.Select(static peer => peer.Id), Is.EqualTo(new[] { first.Self.Id }));
            Assert.That(resolved?.Id, Is.EqualTo(first.Self.Id));
        });
    }

    [Test, CancelAfter(Patience)]
    public async Task APeerThatListensEverywhereIsFoundWhereItWasAsked(CancellationToken cancellationToken)
    {
        await using DhtNode bootstrap = new([new UdpTransport(new IPEndPoint(IPAddress.Loopback, 0))]);
        bootstrap.Start();
        await using IDiscoveryService everywhere = Create(bootstrap, new() { Listen = [new(IPAddress.Any, 0)] }), second = Create(bootstrap, new());
        await everywhere.InitializeAsync(cancellationToken);
        await everywhere.AnnouncePresenceAsync(cancellationToken);
        await second.InitializeAsync(cancellationToken);
        DiscoveryResult found = await second.DiscoverPeersAsync(1, null, cancellationToken);
        Assert.Multiple(() =>
        {
            Assert.That(found.Peers.Select(static peer => peer.Id), Is.EqualTo(new[] { everywhere.Self.Id }));
            Assert.That(found.Peers[0].EndPoints[0].IsLoopback, Is.True);
            Assert.That(everywhere.Self.EndPoints, Is.All.Property(nameof(PeerEndPoint.IsUnicast)).True);
        });
    }

    [Test, CancelAfter(Patience)]
    public async Task APortThatIsTakenIsNamed(CancellationToken cancellationToken)
    {
        await using DhtNode taken = new([new UdpTransport(new IPEndPoint(IPAddress.Loopback, 0))]);
        taken.Start();
        await using IDiscoveryService service = Create(taken, new() { Listen = [taken.LocalEndPoints[0].ToIPEndPoint()] });
        Assert.ThrowsAsync(Is.TypeOf<DiscoveryException>().And.Message.Contains(taken.LocalEndPoints[0].ToString()), async () => await service.InitializeAsync(cancellationToken));
    }

    private static IDiscoveryService Create(DhtNode bootstrap, DiscoveryOptions options) =>
        new DiscoveryServiceBuilder("loopback", options).AddBootstrap(new EndPointBootstrapSource(bootstrap.LocalEndPoints[0].ToString())).AddGlobalLayer().Build();
}
