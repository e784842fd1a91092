using System.Net;
using System.Net.Sockets;

namespace Discovery.Interop.Tests.Support;

/// <summary>Asks one node questions byte by byte, without any part of the library.</summary>
internal sealed class RawKrpc(Socket socket, PeerEndPoint to, NodeId id) : IDisposable
{
    private readonly byte[] _id = id.ToArray();
    private readonly byte[] _buffer = new byte[4096];
    private ushort _transaction;

    /// <summary>Whoever says nothing in this time is silent, on a busy machine too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>From any port of a local address.</summary>
    /// <param name="from">The address.</param>
    /// <param name="to">The node that is asked.</param>
    /// <param name="id">
    /// The id to ask under; null for a random one. libtorrent takes whoever stores something for a node that answers, read-only or not, and names it to others, who then
    /// wait for it. Unless it knows the id from another address.
    /// </param>
    public static RawKrpc Open(IPAddress from, PeerEndPoint to, NodeId? id = null)
    {
        Socket socket = new(from.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(from, 0));
        return new(socket, to, id ?? Nodes.RandomId());
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)socket.LocalEndPoint!;

    /// <summary>Asks with these arguments, to which an id is added unless they have one; as a read-only node (BEP 43), lest it be taken for one that answers.</summary>
    /// <returns>Null when there is no answer.</returns>
    public Task<RawReply?> AskAsync(string method, params (string Name, object Value)[] arguments)
    {
        Dictionary<string, object> body = arguments.ToDictionary(static argument => argument.Name, static argument => argument.Value);
        body.TryAdd("id", _id);
        return SendAsync(new() { ["a"] = body, ["q"] = method, ["ro"] = 1, ["t"] = BitConverter.GetBytes(++_transaction), ["y"] = "q" });
    }

    /// <summary>Sends a whole message.</summary>
    public async Task<RawReply?> SendAsync(Dictionary<string, object> message)
    {
        byte[] transaction = (byte[])message["t"];
        await socket.SendToAsync(Wire.Encode(message), to.ToIPEndPoint());
        using CancellationTokenSource patience = new(Patience);
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(_buffer, SocketFlags.None, to.ToIPEndPoint(), patience.Token);
                Dictionary<string, object> reply = (Dictionary<string, object>)Wire.Decode(_buffer[..received.ReceivedBytes]);
                // Nodes ask questions of their own, once they have been asked one.
                if (reply["y"] is byte[] kind && kind[0] != 'q' && reply["t"] is byte[] echo && echo.AsSpan().SequenceEqual(transaction))
                    return new(reply, received.ReceivedBytes);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => socket.Dispose();
}

/// <summary>An answer as it came.</summary>
internal sealed record RawReply(Dictionary<string, object> Message, int Size)
{
    /// <summary>The values of a reply, or beside an error.</summary>
    public Dictionary<string, object> Values => Message.GetValueOrDefault("r") as Dictionary<string, object> ?? [];

    /// <summary>The error code; null for a reply.</summary>
    public long? Error => Message.GetValueOrDefault("e") is List<object> error ? (long)error[0] : null;

    public byte[] Bytes(string name) => (byte[])Values[name];

    /// <summary>The compact end points of a list of values.</summary>
    public IEnumerable<PeerEndPoint> Peers => (Values.GetValueOrDefault("values") as List<object> ?? []).Select(static value =>
    {
        Assert.That(PeerEndPoint.TryParseCompact((byte[])value, out PeerEndPoint peer), Is.True);
        return peer;
    });

    /// <summary>The nodes named, of either family.</summary>
    public IEnumerable<(NodeId Id, PeerEndPoint EndPoint)> Nodes => Compact("nodes", 26).Concat(Compact("nodes6", 38));

    /// <summary>The error code, or the keys of the reply; without <c>p</c>, which libtorrent adds: the port that it sees.</summary>
    public override string ToString() => Error is { } code ? $"error {code}" : $"reply {string.Join(' ', Values.Keys.Where(static key => key != "p").Order(StringComparer.Ordinal))}";

    private IEnumerable<(NodeId, PeerEndPoint)> Compact(string name, int size) => (Values.GetValueOrDefault(name) as byte[] ?? []).Chunk(size).Select(static node =>
    {
        Assert.That(PeerEndPoint.TryParseCompact(node.AsSpan(NodeId.Size), out PeerEndPoint endPoint), Is.True);
        return (new NodeId(node.AsSpan(0, NodeId.Size)), endPoint);
    });
}
