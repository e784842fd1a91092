using Discovery.Kademlia;

namespace Discovery.Tests.Support;

/// <summary>A node at the end of a wire: datagrams go in and come out as Latin-1 text, one character a byte.</summary>
internal sealed class WireNode : IDisposable
{
    public static readonly NodeId Id4 = NodeId.Parse("4444444444444444444444444444444444444444"), Id6 = NodeId.Parse("6666666666666666666666666666666666666666");

    /// <summary>The id of whoever asks, unless a test says otherwise.</summary>
    public const string Caller = "abcdefghij0123456789";

    private readonly byte[] _buffer = new byte[1472];

    public WireNode(KademliaOptions? options = null, Random? random = null, bool dualStack = true, NodeId? id = null)
    {
        Node = new KademliaNode(options ?? Quiet, random ?? new Random(1), id ?? Id4, dualStack ? Id6 : null, TimeSpan.Zero);
    }

    /// <summary>Without limits of rate, and without traffic of its own for a day.</summary>
    public static KademliaOptions Quiet { get; } = new()
    {
        Flood = null,
        Budget = null,
        RefreshInterval = TimeSpan.FromDays(1),
        SelfLookupInterval = TimeSpan.FromDays(1),
        VerifyDelay = TimeSpan.FromSeconds(90),
    };

    public KademliaNode Node { get; }

    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1);

    public PeerEndPoint Source { get; set; } = PeerEndPoint.Parse("10.0.0.2:6882");

    public static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);

    public static string Text(NodeId id) => Text(id.ToArray());

    public static byte[] Bytes(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    /// <summary>An end point as <c>ip</c>, <c>values</c> and <c>nodes</c> carry it.</summary>
    public static string Compact(PeerEndPoint endPoint)
    {
        byte[] bytes = new byte[endPoint.CompactSize];
        endPoint.TryFormatCompact(bytes, out _);
        return Text(bytes);
    }

    /// <summary>A bencoded string.</summary>
    public static string B(string value) => $"{value.Length}:{value}";

    /// <summary>A query: its arguments beside <c>id</c> are bencoded already, and sorted behind it.</summary>
    public static string Query(string method, string arguments = "", string transaction = "aa", string id = Caller, string before = "") =>
        $"d1:ad{before}2:id{B(id)}{arguments}e1:q{B(method)}1:t{B(transaction)}1:y1:qe";

    /// <summary>The whole reply that this node gives now, for what stands in <c>r</c> around <c>id</c>.</summary>
    public string Reply(string arguments = "", string transaction = "aa", string before = "") =>
        $"d2:ip{B(Compact(Source))}1:rd{before}2:id20:{Text(Source.IsIPv4 ? Id4 : Id6)}{arguments}e1:t{B(transaction)}1:v4:DC\0\u00011:y1:re";

    /// <summary>The whole error that this node gives now.</summary>
    public string Error(int code, string transaction = "aa", string body = "") =>
        $"d1:eli{code}e{B(Text(KrpcError.Text(code)))}e2:ip{B(Compact(Source))}{body}1:t{B(transaction)}1:v4:DC\0\u00011:y1:ee";

    /// <summary>What comes back; empty for silence.</summary>
    public string Send(string datagram, PeerEndPoint? from = null) =>
        Text(_buffer.AsSpan(0, Node.Receive(Bytes(datagram), from ?? Source, Now, _buffer)));

    /// <summary>The next datagram that the node sends of its own accord; empty when there is none.</summary>
    public string Transmit(out PeerEndPoint destination) => Text(_buffer.AsSpan(0, Node.PollTransmit(_buffer, Now, out destination)));

    public List<(string Datagram, PeerEndPoint To)> TransmitAll()
    {
        List<(string, PeerEndPoint)> all = [];
        while (Transmit(out PeerEndPoint to) is { Length: > 0 } datagram)
            all.Add((datagram, to));
        return all;
    }

    /// <summary>Lets time pass, as a driver would.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan end = Now + by;
        while (Node.NextTimeout is var next && next <= end)
        {
            Now = next > Now ? next : Now;
            Node.HandleTimeout(Now);
        }
        Now = end;
    }

    /// <summary>The transaction id of a datagram that this node sent: always four bytes.</summary>
    public static string Transaction(string query)
    {
        int at = query.LastIndexOf("1:t4:", StringComparison.Ordinal);
        return query.Substring(at + 5, 4);
    }

    public static string Answer(string query, NodeId id, string arguments = "", string ip = "") =>
        $"d{(ip.Length > 0 ? "2:ip" + B(ip) : "")}1:rd2:id20:{Text(id)}{arguments}e1:t4:{Transaction(query)}1:y1:re";

    /// <summary>Puts a node into the table: it asks, is asked in turn and answers.</summary>
    public void Teach(NodeId id, PeerEndPoint endPoint)
    {
        Node.Start(new PingQuery(endPoint), Now);
        foreach ((string datagram, PeerEndPoint to) in TransmitAll())
            if (to == endPoint)
                Send(Answer(datagram, id), endPoint);
    }

    public void Dispose() => Node.Dispose();
}
