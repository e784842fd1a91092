using System.Text.Json;
using Discovery.Tests.Support;

namespace Discovery.Interop.Tests.Support;

/// <summary>A DHT node of somebody else's making that does as it is told, through a script of <c>Peers/</c>.</summary>
internal sealed class ForeignPeer(ChildProcess process) : IAsyncDisposable
{
    public const string LibtorrentInstall = "apt-get install -y python3-libtorrent";

    /// <summary>Starts a libtorrent session.</summary>
    /// <param name="listen">Its end points, as libtorrent's <c>listen_interfaces</c> has them.</param>
    /// <param name="routers">The nodes that it joins through, with commas between them.</param>
    /// <param name="prefix">What the command line begins with: how to enter a network namespace; empty for none.</param>
    public static Task<ForeignPeer> StartLibtorrentAsync(string listen, string routers, params IEnumerable<string> prefix) =>
        StartAsync([.. prefix, External.RequirePythonModule("libtorrent", LibtorrentInstall), "-W", "ignore", Script("libtorrent_peer.py"), listen, routers]);

    /// <summary>Starts a node of npm's <c>bittorrent-dht</c>.</summary>
    public static Task<ForeignPeer> StartBittorrentDhtAsync(PeerEndPoint listen, PeerEndPoint? router) =>
        StartAsync([External.Require("node", "apt-get install -y nodejs npm"), Script("bittorrent_dht_peer.mjs"), External.RequireNodePackage("bittorrent-dht"),
            listen.Address.ToString(), $"{listen.Port}", router?.ToString() ?? "-"]);

    /// <summary>The number of nodes in its routing table.</summary>
    public async Task<int> NodesAsync() => (await AskAsync(new() { ["do"] = "nodes" })).GetProperty("nodes").GetInt32();

    /// <summary>Lets it announce itself; libtorrent takes the port it listens on.</summary>
    public Task AnnounceAsync(NodeId infoHash, int port = 0) => AskAsync(new() { ["do"] = "announce", ["infoHash"] = infoHash.ToString(), ["port"] = port });

    /// <summary>Whom it finds under an info-hash; it may stop when it has found the one that is wanted.</summary>
    public async Task<string[]> PeersAsync(NodeId infoHash, string wanted)
    {
        JsonElement answer = await AskAsync(new() { ["do"] = "peers", ["infoHash"] = infoHash.ToString(), ["wanted"] = wanted });
        return [.. answer.GetProperty("peers").EnumerateArray().Select(static peer => peer.GetString()!)];
    }

    /// <summary>Lets it store an immutable text.</summary>
    public async Task<(NodeId Target, int Stored)> PutAsync(string value)
    {
        JsonElement answer = await AskAsync(new() { ["do"] = "put", ["value"] = value });
        return (NodeId.Parse(answer.GetProperty("target").GetString()!), answer.GetProperty("stored").GetInt32());
    }

    /// <summary>What it finds under a target.</summary>
    public async Task<string?> GetAsync(NodeId target) => (await AskAsync(new() { ["do"] = "get", ["target"] = target.ToString() })).GetProperty("value").GetString();

    /// <summary>Lets it store a text under a key; libtorrent chooses the sequence number itself: one more than it finds.</summary>
    public async Task<(int Stored, long? Sequence)> PutMutableAsync(TestKey key, string salt, string value, long sequence = 0)
    {
        JsonElement answer = await AskAsync(new()
        {
            ["do"] = "put_mutable",
            ["seed"] = key.SeedHex,
            ["key"] = key.Hex,
            ["salt"] = salt,
            ["value"] = value,
            ["seq"] = sequence,
        });
        return (answer.GetProperty("stored").GetInt32(), Sequence(answer));
    }

    /// <summary>What it finds under a key.</summary>
    public async Task<(string? Value, long? Sequence)> GetMutableAsync(TestKey key, string salt)
    {
        JsonElement answer = await AskAsync(new() { ["do"] = "get_mutable", ["key"] = key.Hex, ["salt"] = salt });
        return (answer.GetProperty("value").GetString(), Sequence(answer));
    }

    /// <summary>What libtorrent is told when it asks one node for a sample (BEP 51), and how much that node says it holds.</summary>
    public async Task<(string[] Samples, int Held)> SampleAsync(PeerEndPoint node, NodeId target)
    {
        JsonElement answer = await AskAsync(new() { ["do"] = "sample", ["host"] = node.Address.ToString(), ["port"] = node.Port, ["target"] = target.ToString() });
        return ([.. answer.GetProperty("samples").EnumerateArray().Select(static sample => sample.GetString()!)], answer.GetProperty("held").GetInt32());
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Peers", name);

    private static async Task<ForeignPeer> StartAsync(IReadOnlyList<string> command)
    {
        ChildProcess process = ChildProcess.Start(command[0], command.Skip(1));
        await process.LineAsync(static line => line.Contains("ready", StringComparison.Ordinal));
        return new(process);
    }

    private static long? Sequence(JsonElement answer) => answer.GetProperty("seq") is { ValueKind: JsonValueKind.Number } sequence ? sequence.GetInt64() : null;

    private async Task<JsonElement> AskAsync(Dictionary<string, object> command)
    {
        int from = process.LinesWritten;
        await process.WriteLineAsync(JsonSerializer.Serialize(command));
        string line = await process.LineAsync(static line => line.StartsWith('{'), from);
        return JsonSerializer.Deserialize<JsonElement>(line);
    }
}
