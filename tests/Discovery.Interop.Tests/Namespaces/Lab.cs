using System.Net;
using System.Net.Sockets;
using Discovery.Interop.Tests.Support;
using Discovery.Tests.Support;
using Discovery.Transports;

namespace Discovery.Interop.Tests.Namespaces;

/// <summary>Hosts of their own for programs that do not speak on loopback: twenty libtorrent nodes at host 1, ours at host 7, guests between them.</summary>
[SetUpFixture]
internal sealed class Lab
{
    public const int Ours = 7;

    private static readonly string Work = Path.Combine(Path.GetTempPath(), Name);

    private ChildProcess? _lab, _network;

    /// <summary>What the namespaces of this run are called.</summary>
    public static string Name => $"dsc{Environment.ProcessId}";

    /// <summary>The node of libtorrent's that everybody joins through.</summary>
    public static PeerEndPoint Router { get; } = new(Address(1), 20003);

    /// <summary>Our node, without limits: twenty nodes on one address are more than those allow for.</summary>
    public static DhtNode Node { get; private set; } = null!;

    /// <summary>The guest that needs the longest; null when it is not installed.</summary>
    public static Transmission? Transmission { get; private set; }

    public static IPAddress Address(int host) => IPAddress.Parse($"10.77.0.{host}");

    /// <summary>An address that looks public, each in a /64 of its own, of which a walk asks one node only.</summary>
    public static IPAddress AddressIPv6(int host) => IPAddress.Parse($"2001:db8:77:{host}::1");

    /// <summary>A folder for the files of one guest.</summary>
    public static string Folder(string guest) => Directory.CreateDirectory(Path.Combine(Work, guest)).FullName;

    /// <summary>What runs the rest of a command line at a host.</summary>
    public static IEnumerable<string> At(int host) => ["ip", "netns", "exec", Namespace(host)];

    public static ChildProcess Start(int host, params IEnumerable<string> command) => ChildProcess.StartWatched("ip", [.. At(host).Skip(1), .. command]);

    public static string Namespace(int host) => $"{Name}-h{host}";

    public static DhtNode StartNode(IEnumerable<PeerEndPoint> listen, params ReadOnlySpan<PeerEndPoint> routers) =>
        Nodes.Start(listen.Select(static endPoint => NetworkNamespace.Transport(Namespace(Ours), endPoint)), new() { Kademlia = new() { Flood = null, Budget = null } }, routers);

    /// <summary>Asks byte by byte from our host.</summary>
    public static RawKrpc Ask(PeerEndPoint node) => NetworkNamespace.Inside(Namespace(Ours), () => RawKrpc.Open(node.IsIPv4 ? Address(Ours) : AddressIPv6(Ours), node));

    /// <summary>Listens for TCP connections at our host.</summary>
    public static Socket Listen()
    {
        Socket socket = NetworkNamespace.Inside(Namespace(Ours), static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(new IPEndPoint(Address(Ours), 0));
        socket.Listen();
        return socket;
    }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        External.Require("ip", "apt-get install -y iproute2");
        string python = External.RequirePythonModule("libtorrent", ForeignPeer.LibtorrentInstall);
        string script = External.RequireLab("netlab.sh");
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("Only root may make network namespaces. To run this test: sudo -E dotnet test tests/Discovery.Interop.Tests");
        _lab = ChildProcess.Start("/bin/bash", [Path.Combine(AppContext.BaseDirectory, "Peers", "netlab_while_open.sh"), Path.GetDirectoryName(script)!, Name, $"{Ours}", Work]);
        if (await _lab.LineAsync(static line => line is "ready" or "unavailable") == "unavailable")
            Assert.Ignore("This machine does not let us make network namespaces. To run this test: give the container CAP_SYS_ADMIN and CAP_NET_ADMIN");
        _network = Start(1, python, "-W", "ignore", External.RequireLab("lt_dht.py"), "20", "--oneip", $"{Address(1)}", "--port", "20001", "--serve", "3600");
        await _network.LineAsync(static line => line.StartsWith("ready", StringComparison.Ordinal));
        Node = StartNode([new PeerEndPoint(Address(Ours), 6881)], Router);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(180));
        await Node.WaitForTableSizeAsync(8, patience.Token);
        if (External.Has("transmission-daemon") && External.Has("transmission-remote"))
            Transmission = await Transmission.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Transmission is not null)
            await Transmission.DisposeAsync();
        if (Node is not null)
            await Node.DisposeAsync();
        if (_network is not null)
            await _network.DisposeAsync();
        if (_lab is not null)
            await _lab.DisposeAsync();
    }
}
