using Discovery.Diagnostics;
using Discovery.Limits;

namespace Discovery.Kademlia;

/// <summary>A node of the Mainline DHT as a state machine: datagrams and time go in, datagrams and results come out. It has no socket, no clock, no thread.</summary>
/// <remarks>
/// The driver calls <see cref="Receive"/> for each datagram, then <see cref="PollTransmit"/> until there is nothing left to send, and <see cref="HandleTimeout"/> when
/// <see cref="NextTimeout"/> has come. Not thread-safe: one caller at a time. Time never runs backwards.
/// </remarks>
internal sealed partial class KademliaNode : IDisposable
{
    private readonly KademliaOptions _options;
    private readonly Random _random;
    private readonly KademliaFamily? _ipv4, _ipv6;
    private readonly KademliaFamily[] _families;
    private readonly QueryResponder _responder;
    private readonly FloodGuard? _flood;

    /// <summary>Creates a node of the families for which there is a socket.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="random">The source of chance; on a real network a cryptographic one, for it makes the token secrets.</param>
    /// <param name="ipv4">The IPv4 node id; null for no IPv4.</param>
    /// <param name="ipv6">The IPv6 node id; null for no IPv6.</param>
    /// <param name="now">The time.</param>
    public KademliaNode(KademliaOptions options, Random random, NodeId? ipv4, NodeId? ipv6, TimeSpan now)
    {
        _options = options;
        _random = random;
        _ipv4 = ipv4 is { } id4 ? new(true, id4, options, random) : null;
        _ipv6 = ipv6 is { } id6 ? new(false, id6, options, random) : null;
        _families = [.. new[] { _ipv4, _ipv6 }.OfType<KademliaFamily>()];
        _responder = new QueryResponder(options, Family, random);
        _flood = options.Flood is { } flood ? new FloodGuard(flood) : null;
        _budget = options.Budget is { } budget ? new EndPointBudget(budget) : null;
        _nextRefresh = now + Jitter(options.RefreshInterval);
        foreach (KademliaFamily family in _families)
            family.NextSelfLookup = now + Jitter(options.SelfLookupInterval);
    }

    /// <summary>Who answers our own queries; null when nobody does.</summary>
    public INetworkMember? Member
    {
        get => _responder.Member;
        set => _responder.Member = value;
    }

    public PeerStore Peers => _responder.Peers;

    public ItemStore Items => _responder.Items;

    /// <summary>The families that the node takes part in.</summary>
    public IReadOnlyList<KademliaFamily> Families => _families;

    public KademliaFamily? Family(bool ipv4) => ipv4 ? _ipv4 : _ipv6;

    /// <summary>Takes a datagram.</summary>
    /// <param name="datagram">Its bytes, whatever they are.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">The time.</param>
    /// <param name="reply">Where an answer is written: 1472 bytes.</param>
    /// <returns>The length of the answer to <paramref name="source"/>; 0 for silence.</returns>
    public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, TimeSpan now, Span<byte> reply)
    {
        if (Family(source.IsIPv4) is not { } family || !IsAcceptable(source))
            return Drop("source");
        if (!KrpcMessage.TryParse(datagram, out KrpcMessage message))
            return Drop("malformed");
        if (message.Kind != KrpcKind.Query)
        {
            HandleAnswer(family, message, source, now);
            return 0;
        }
        if (_options.IsReadOnly)
            return Drop("read_only");
        if (_flood is not null && _flood.Check(source, now) is not FloodVerdict.Accept and var verdict)
        {
            if (verdict == FloodVerdict.Ban)
                Member?.Flooded(source);
            return Drop("flood");
        }
        if (message.Id.SequenceEqual(family.IdBytes))
            return Drop("own_id");
        NoteReached(family, source, now);
        int length = _responder.Answer(message, source, now, reply, out bool isWellFormed);
        if (isWellFormed && !message.IsReadOnly)
            NoteUnsolicited(family, new NodeId(message.Id), source, now);
        else if (isWellFormed)
            family.Table.Doubt(new NodeId(message.Id), source);
        return length;
    }

    /// <summary>Forgets the token secrets.</summary>
    public void Dispose() => _responder.Dispose();

    /// <summary>Trap 12: what no datagram can reach, and on the public network what is not public.</summary>
    private bool IsAcceptable(in PeerEndPoint endPoint) => endPoint.IsUnicast && !(_options.IsPublic && endPoint.IsPrivate);

    private TimeSpan Jitter(TimeSpan period) => period * (0.9 + 0.2 * _random.NextDouble());

    private static int Drop(string reason)
    {
        DiscoveryMetrics.CountDropped(reason);
        return 0;
    }
}
