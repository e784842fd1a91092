using System.Net;
using System.Net.Sockets;
using Discovery.Interop.Tests.Support;
using Discovery.Kademlia;

namespace Discovery.Interop.Tests.Namespaces;

/// <summary>What every client of the lab must be able to do with us.</summary>
internal static class Guest
{
    /// <summary>Waits until it answers a ping.</summary>
    public static async Task<NodeId> AnswersAsync(PeerEndPoint guest) =>
        (await Eventually.GetAsync($"{guest} answers", async () => await Lab.Node.PingAsync(guest))).Id;

    /// <summary>Announces us where the guest is the nearest node, and asks it byte by byte who is there.</summary>
    public static async Task<IEnumerable<PeerEndPoint>> StoresOurAnnouncementAsync(PeerEndPoint guest, int port)
    {
        NodeId near = Near(await AnswersAsync(guest));
        await Eventually.IsAsync("the walk reaches the guest", async () => (await Lab.Node.FindNodeAsync(near)).Nodes.Any(node => node.EndPoint == guest));
        DhtStored stored = await Lab.Node.AnnounceAsync(near, port);
        Assert.That(stored.Acknowledged, Is.EqualTo(stored.Asked));
        using RawKrpc raw = Lab.Ask(guest);
        RawReply reply = (await raw.AskAsync("get_peers", ("info_hash", near.ToArray())))!;
        return [.. reply.Peers];
    }

    /// <summary>Waits for the guest to call us over TCP, which it does when the DHT has told it our end point.</summary>
    public static async Task CallsAsync(Socket listener, IPAddress guest)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(240));
        while (true)
        {
            using Socket caller = await listener.AcceptAsync(patience.Token);
            if (((IPEndPoint)caller.RemoteEndPoint!).Address.Equals(guest))
                return;
        }
    }

    private static NodeId Near(NodeId id)
    {
        byte[] bytes = id.ToArray();
        bytes[^1] ^= 1;
        return new(bytes);
    }
}
