using System.Net;

namespace Discovery.Interop.Tests.Support;

/// <summary>The questions of BEP 5, 32, 33, 44 and 51 and their wrong forms, put to one node byte by byte. Two implementations are compared by their answers.</summary>
internal static class Questionnaire
{
    /// <summary>Asks everything.</summary>
    /// <returns>Each question with what came back: the keys of the reply, an error code, or silence.</returns>
    public static async Task<Dictionary<string, string>> FillInAsync(IPAddress from, PeerEndPoint node, NodeId id)
    {
        using RawKrpc raw = RawKrpc.Open(from, node, id);
        Dictionary<string, string> answers = [];
        await AskWalksAsync(raw, answers);
        await AskPeersAsync(raw, answers);
        await AskImmutableAsync(raw, answers);
        await AskMutableAsync(raw, answers);
        return answers;
    }

    private static async Task AskWalksAsync(RawKrpc raw, Dictionary<string, string> answers)
    {
        byte[] target = Nodes.RandomId().ToArray();
        await NoteAsync("ping");
        await NoteAsync("ping", ("id", "short"));
        await NoteAsync("find_node", ("target", target));
        await NoteAsync("find_node", ("target", "short"));
        await NoteAsync("find_node");
        await NoteAsync("find_node", ("target", target), ("want", new object[] { "n4" }));
        await NoteAsync("sample_infohashes", ("target", target));
        await NoteAsync("unheard_of");
        await NoteAsync("unheard_of", ("target", target));
        RawReply ping = (await raw.AskAsync("ping"))!;
        answers["ip"] = PeerEndPoint.TryParseCompact((byte[])ping.Message["ip"], out PeerEndPoint seen) && seen == PeerEndPoint.FromIPEndPoint(raw.LocalEndPoint) ? "right" : "wrong";
        answers["t of 1 byte"] = Describe(await raw.SendAsync(Ping([7])));
        answers["t of 20 bytes"] = Describe(await raw.SendAsync(Ping(target)));

        Dictionary<string, object> Ping(byte[] transaction) =>
            new() { ["a"] = new Dictionary<string, object> { ["id"] = target }, ["q"] = "ping", ["ro"] = 1, ["t"] = transaction, ["y"] = "q" };

        async Task NoteAsync(string method, params (string, object)[] arguments) =>
            answers[string.Join(' ', arguments.Select(static a => $"{a.Item1}={a.Item2 as string}").Prepend(method))] = Describe(await raw.AskAsync(method, arguments));
    }

    private static async Task AskPeersAsync(RawKrpc raw, Dictionary<string, string> answers)
    {
        byte[] infoHash = Nodes.RandomId().ToArray();
        RawReply before = (await raw.AskAsync("get_peers", ("info_hash", infoHash)))!;
        answers["get_peers, none there"] = Describe(before);
        answers["get_peers without info_hash"] = Describe(await raw.AskAsync("get_peers"));
        byte[] token = before.Bytes("token");
        await AnnounceAsync("announce_peer", ("port", 7001), ("token", token));
        await AnnounceAsync("announce_peer, implied port", ("port", 1), ("implied_port", 1), ("token", token));
        await AnnounceAsync("announce_peer, wrong token", ("port", 7001), ("token", "xxxx"));
        await AnnounceAsync("announce_peer, no token", ("port", 7001));
        await AnnounceAsync("announce_peer, port 65536", ("port", 65536), ("token", token));
        RawReply after = (await raw.AskAsync("get_peers", ("info_hash", infoHash)))!;
        answers["get_peers"] = Describe(after);
        answers["peers"] = string.Join(' ', after.Peers.Select(peer => peer.Port == raw.LocalEndPoint.Port ? "implied" : $"{peer.Port}").Order(StringComparer.Ordinal));

        async Task AnnounceAsync(string name, params IEnumerable<(string, object)> arguments) =>
            answers[name] = Describe(await raw.AskAsync("announce_peer", [("info_hash", infoHash), .. arguments]));
    }

    private static async Task AskImmutableAsync(RawKrpc raw, Dictionary<string, string> answers)
    {
        string value = $"value {Nodes.RandomId()}";
        byte[] target = SignedItem.ComputeImmutableTarget(Wire.Text(value)).ToArray();
        RawReply before = (await raw.AskAsync("get", ("target", target)))!;
        answers["get, none there"] = Describe(before);
        answers["get without target"] = Describe(await raw.AskAsync("get"));
        answers["put, wrong token"] = Describe(await raw.AskAsync("put", ("v", value), ("token", "xxxx"), ("target", target)));
        answers["put"] = Describe(await raw.AskAsync("put", ("v", value), ("token", before.Bytes("token")), ("target", target)));
        answers["get"] = Describe(await raw.AskAsync("get", ("target", target)));
    }

    private static async Task AskMutableAsync(RawKrpc raw, Dictionary<string, string> answers)
    {
        using TestKey key = new();
        byte[] target = key.Target("salt").ToArray();
        byte[] token = (await raw.AskAsync("get", ("target", target)))!.Bytes("token");
        await PutAsync("put, seq 2", Signed(2, "two"));
        await PutAsync("put, seq 3 with cas 2", Signed(3, "three"), ("cas", 2));
        await PutAsync("put, seq 4 with cas 2", Signed(4, "four"), ("cas", 2));
        await PutAsync("put, seq 1", Signed(1, "one"));
        await PutAsync("put, equal seq, other value", Signed(3, "other"));
        await PutAsync("put, equal seq, equal value", Signed(3, "three"));
        await PutAsync("put, wrong signature", [.. Signed(5, "five").Where(static a => a.Name != "sig"), ("sig", new byte[64])]);
        await PutAsync("put, value of 1001 bytes", [.. Signed(5, "five").Where(static a => a.Name != "v"), ("v", new string('x', 997))]);
        await PutAsync("put, salt of 65 bytes", [.. Signed(5, "five").Where(static a => a.Name != "salt"), ("salt", new string('s', 65))]);
        answers["get, mutable"] = Describe(await raw.AskAsync("get", ("target", target)));
        answers["get, mutable, seq 2 known"] = Describe(await raw.AskAsync("get", ("target", target), ("seq", 2)));
        answers["get, mutable, seq 3 known"] = Describe(await raw.AskAsync("get", ("target", target), ("seq", 3)));
        await PutAsync("put, short signature", [.. Signed(5, "five").Where(static a => a.Name != "sig"), ("sig", new byte[63])]);

        (string Name, object Value)[] Signed(long sequence, string text)
        {
            SignedItem item = key.Sign("salt", sequence, text);
            return [("k", key.Identity.Id.ToArray()), ("salt", "salt"), ("seq", sequence), ("sig", item.Signature.ToArray()), ("v", text)];
        }

        async Task PutAsync(string name, (string, object)[] item, params IEnumerable<(string, object)> more) =>
            answers[name] = Describe(await raw.AskAsync("put", [.. item, .. more, ("token", token), ("target", target)]));
    }

    private static string Describe(RawReply? reply) => reply?.ToString() ?? "silence";
}
