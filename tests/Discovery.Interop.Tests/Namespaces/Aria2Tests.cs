using System.Net;
using System.Net.Sockets;
using Discovery.Interop.Tests.Support;
using Discovery.Tests.Support;

namespace Discovery.Interop.Tests.Namespaces;

/// <summary>aria2, with a DHT of its own making: without BEP 44, and silent on a wrong token.</summary>
[Order(1)]
public sealed class Aria2Tests
{
    private const int Host = 3;
    private const int TorrentPort = 6882;

    private static readonly PeerEndPoint EndPoint = new(Lab.Address(Host), 6881);
    private static readonly NodeId InfoHash = Nodes.RandomId();

    private ChildProcess? _aria2;
    private Socket? _listener;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        string aria2 = External.Require("aria2c", "apt-get install -y aria2");
        string folder = Lab.Folder("aria2");
        _listener = Lab.Listen();
        await Lab.Node.AnnounceAsync(InfoHash, ((IPEndPoint)_listener.LocalEndPoint!).Port);
        _aria2 = Lab.Start(Host, aria2, "--no-conf", $"--dir={folder}", $"--dht-file-path={folder}/dht.dat", "--enable-dht=true", "--enable-dht6=false",
            $"--dht-listen-port={EndPoint.Port}", $"--listen-port={TorrentPort}", $"--dht-entry-point={Lab.Router}", "--bt-enable-lpd=false", "--enable-peer-exchange=false",
            "--disable-ipv6=true", $"magnet:?xt=urn:btih:{InfoHash}");
        await Guest.AnswersAsync(EndPoint);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_aria2 is not null)
            await _aria2.DisposeAsync();
        _listener?.Dispose();
    }

    [Test]
    public async Task ItStoresOurAnnouncement() =>
        Assert.That(await Guest.StoresOurAnnouncementAsync(EndPoint, 7001), Does.Contain(new PeerEndPoint(Lab.Address(Lab.Ours), 7001)));

    /// <summary>aria2 does not know <c>implied_port</c>, so the port beside it must be ours too.</summary>
    [Test]
    public async Task ItFindsOurPortBesideTheImpliedOne() =>
        Assert.That(await Guest.StoresOurAnnouncementAsync(EndPoint, 0), Does.Contain(Lab.Node.LocalEndPoints[0]));

    [Test]
    public async Task WeAndItFindEachOtherUnderATopic()
    {
        await Guest.CallsAsync(_listener!, EndPoint.Address);
        await Lab.Node.FindsPeerAsync(InfoHash, EndPoint.WithPort(TorrentPort));
    }
}
