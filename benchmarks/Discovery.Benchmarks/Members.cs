using System.Net;
using System.Net.Sockets;
using Discovery.Kademlia;

namespace Discovery.Benchmarks;

/// <summary>Peers of the network <see cref="Network"/>, each on a loopback address and socket of its own, that prove their keys and answer pings. It saves them as a store, says so, and ends with its input.</summary>
internal static class Members
{
    public const string Network = "benchmark";

    private const int Port = 20_000;
    private static readonly NodeId s_topic = NetworkTopic.ForNetwork(Network);

    public static async Task<int> RunAsync(string[] args)
    {
        Options options = new(args);
        int count = options.Get("count", 10_000);
        List<StoredPeer> stored = [];
        for (int i = 0; i < count; i++)
        {
            PeerEndPoint endPoint = new(0x7F140000u + (uint)i + 1, Port); // From 127.20.0.1 on.
            Member member = new(endPoint);
            PeerRecord.TryParse(member.Record, s_topic, out PeerRecord? record, out _);
            DateTimeOffset now = DateTimeOffset.UtcNow;
            stored.Add(new(record!.ToPeerInfo() with { FirstSeen = now, LastSeen = now, Sources = ["global"] }));
            _ = ServeAsync(member, endPoint);
        }
        await new FilePeerStore(options.Get("store", "members.peers")).SaveAsync(stored, default);
        Console.WriteLine(count);
        await Console.In.ReadLineAsync();
        return 0;
    }

    private static async Task ServeAsync(Member member, PeerEndPoint endPoint)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(endPoint.ToIPEndPoint());
        KademliaFamily family = new(true, NodeId.CreateRandom(Random.Shared), FullNode.NoLimits, Random.Shared);
        using QueryResponder responder = new(FullNode.NoLimits, _ => family, Random.Shared) { Member = member };
        byte[] query = new byte[1472], reply = new byte[1472];
        IPEndPoint any = new(IPAddress.Any, 0);
        while (true)
        {
            SocketReceiveFromResult received = await socket.ReceiveFromAsync(query, any);
            PeerEndPoint source = PeerEndPoint.FromIPEndPoint((IPEndPoint)received.RemoteEndPoint);
            if (KrpcMessage.TryParse(query.AsSpan(0, received.ReceivedBytes), out KrpcMessage message) && message.Kind == KrpcKind.Query)
                await socket.SendToAsync(reply.AsMemory(0, Answer(responder, query.AsSpan(0, received.ReceivedBytes), source, reply)), received.RemoteEndPoint);
        }
    }

    private static int Answer(QueryResponder responder, ReadOnlySpan<byte> query, in PeerEndPoint source, byte[] reply) =>
        KrpcMessage.TryParse(query, out KrpcMessage message) ? responder.Answer(message, source, TimeSpan.FromMilliseconds(Environment.TickCount64), reply, out _) : 0;

    private sealed class Member : INetworkMember
    {
        private readonly PeerIdentity _identity = PeerIdentity.Create();

        public Member(PeerEndPoint endPoint) => Record = PeerRecord.Create(_identity, s_topic, new(), [endPoint], SequenceClock.ToSequence(DateTimeOffset.UtcNow));

        public NodeId Network => s_topic;

        public SignedItem Record { get; }

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => _identity.Sign(message, signature);

        public int WriteCoordinate(Span<byte> destination) => 0;

        public int ReadNeighbors(ReadOnlySpan<byte> capability, ReadOnlySpan<byte> region, ReadOnlySpan<byte> coordinate, bool ipv4, Span<(PeerId Id, PeerEndPoint EndPoint)> destination) => 0;

        public int Accept(SignedItem record, in PeerEndPoint source) => 0;
    }
}
