using Discovery.Interop.Tests.Support;
using Discovery.Tests.Support;

namespace Discovery.Interop.Tests.Namespaces;

/// <summary>
/// transmission-daemon at host 2, with one torrent under whose info-hash we have announced ourselves. It looks there for the first time when its own routing table satisfies it, after
/// some 45 seconds, and then not for 25 minutes: so it starts with the lab, and its tests come last.
/// </summary>
internal sealed class Transmission : IAsyncDisposable
{
    private const int Host = 2;
    private const string Install = "apt-get install -y transmission-daemon transmission-cli";

    private readonly ChildProcess _process;

    private Transmission(ChildProcess process, NodeId infoHash) => (_process, InfoHash) = (process, infoHash);

    public static PeerEndPoint EndPoint { get; } = new(Lab.Address(Host), 51413);

    public NodeId InfoHash { get; }

    /// <summary>Skips the test when it is not installed.</summary>
    public static void Require()
    {
        External.Require("transmission-daemon", Install);
        External.Require("transmission-remote", Install);
    }

    public static async Task<Transmission> StartAsync()
    {
        NodeId infoHash = Nodes.RandomId();
        await Lab.Node.AnnounceAsync(infoHash, 7001);
        ChildProcess process = ChildProcess.StartWatched("env", $"LAB_TMP={Lab.Folder("transmission")}", External.RequireLab("transmission_ns.sh"), Lab.Namespace(Host),
            $"{EndPoint.Address}", $"{Lab.Router.Address} {Lab.Router.Port}");
        await Guest.AnswersAsync(EndPoint);
        await using ChildProcess add = Lab.Start(Host, "transmission-remote", "127.0.0.1:9091", "-a", $"magnet:?xt=urn:btih:{infoHash}", "--start");
        await add.LineAsync(static line => line.Contains("success", StringComparison.Ordinal));
        return new(process, infoHash);
    }

    /// <summary>Whether it says that the DHT has told it of a peer.</summary>
    public async Task<bool> HasLearnedAsync()
    {
        string log = await File.ReadAllTextAsync(Path.Combine(Lab.Folder("transmission"), "tr", Lab.Namespace(Host), "log"));
        return log.Contains($"{InfoHash} Learned 1 IPv4 peers from DHT", StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
