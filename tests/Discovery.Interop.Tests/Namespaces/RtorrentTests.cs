using System.Buffers.Binary;
using Discovery.Interop.Tests.Support;
using Discovery.Tests.Support;

namespace Discovery.Interop.Tests.Namespaces;

/// <summary>rtorrent: without BEP 44, and it returns ports with their bytes swapped.</summary>
[Order(3)]
public sealed class RtorrentTests
{
    private const int Host = 4;

    private static readonly PeerEndPoint EndPoint = new(Lab.Address(Host), 6881);

    private ChildProcess? _rtorrent;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        string rtorrent = External.Require("rtorrent", "apt-get install -y rtorrent");
        string folder = Lab.Folder("rtorrent"), settings = Path.Combine(folder, "rc");
        await File.WriteAllTextAsync(settings, $"""
            system.daemon.set = true
            session.path.set = {Lab.Folder("rtorrent/session")}
            directory.default.set = {folder}
            network.port_range.set = 6890-6890
            network.bind_address.set = {EndPoint.Address}
            network.local_address.set = {EndPoint.Address}
            dht.mode.set = on
            dht.port.set = {EndPoint.Port}
            protocol.pex.set = no
            schedule2 = node, 1, 0, "dht.add_node={Lab.Router}"

            """);
        _rtorrent = Lab.Start(Host, rtorrent, "-n", "-o", $"import={settings}");
        await Guest.AnswersAsync(EndPoint);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_rtorrent is not null)
            await _rtorrent.DisposeAsync();
    }

    [Test]
    public async Task ItStoresOurAnnouncement()
    {
        ushort swapped = BinaryPrimitives.ReverseEndianness((ushort)7001);
        Assert.That(await Guest.StoresOurAnnouncementAsync(EndPoint, 7001), Is.EqualTo([new PeerEndPoint(Lab.Address(Lab.Ours), swapped)]));
    }

    [Test]
    public async Task ItRefusesItemsWithAnErrorWeUnderstand()
    {
        using RawKrpc raw = Lab.Ask(EndPoint);
        Assert.That((await raw.AskAsync("get", ("target", Nodes.RandomId().ToArray())))!.Error, Is.EqualTo(204));
        NodeId near = await Guest.AnswersAsync(EndPoint);
        Assert.That((await Lab.Node.GetItemAsync(near)).Statistics.Errors.GetValueOrDefault(204), Is.EqualTo(1));
    }
}
