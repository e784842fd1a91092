using System.Threading.Channels;
using Discovery.Kademlia;
using Discovery.Peers;
using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>This peer as a member of its network: it signs its record, proves its key to whoever asks, and takes note of those who introduce themselves. Thread-safe.</summary>
internal sealed class LocalMember(PeerIdentity identity, string network, bool isPublic, DiscoveryOptions options, PeerRegistry registry, CoordinateTracker coordinates, ILogger logger) : INetworkMember
{
    /// <summary>How peers that announced themselves to us are counted among the layers.</summary>
    public const string Introduced = "announce";

    private const int MaxIntroduced = 64;

    private readonly Lock _gate = new();
    private readonly SequenceClock _sequence = new();
    private readonly Channel<PeerSighting> _introduced = Channel.CreateBounded<PeerSighting>(new BoundedChannelOptions(MaxIntroduced) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly DateTimeOffset _since = options.TimeProvider.GetUtcNow();
    private volatile SignedItem? _record;
    private volatile PeerInfo? _self;
    private List<PeerEndPoint> _endPoints = [];
    private DateTimeOffset _signed;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PeerId Id => identity.Id;

    public NodeId Network { get; } = NetworkTopic.ForNetwork(network);

    public SignedItem? Record => _record;

    /// <summary>Those who say that they are there, and are yet to prove it.</summary>
    public ChannelReader<PeerSighting> Sightings => _introduced.Reader;

    /// <summary>This peer as others see it.</summary>
    public PeerInfo Self => _self ?? new()
    {
        Id = Id,
        Capabilities = [.. options.Capabilities.Order(StringComparer.Ordinal)],
        Region = options.Region,
        SupportedProtocols = options.SupportedProtocols,
        ServiceUris = options.ServiceUris,
        Capacity = options.Capacity,
        Reliability = 1,
        Score = 1,
        FirstSeen = _since,
        LastSeen = _since,
    };

    /// <summary>Completes with the next change of the record.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Signs the record anew when it says something else now, or has lived half its life.</summary>
    /// <param name="endPoints">Where this peer can be reached. With none the last record stands.</param>
    public void Renew(List<PeerEndPoint> endPoints)
    {
        DateTimeOffset now = options.TimeProvider.GetUtcNow();
        lock (_gate)
        {
            if (endPoints.Count == 0 || _record is not null && endPoints.SequenceEqual(_endPoints) && now - _signed < options.Timing.RecordLifetime / 2)
                return;
            SignedItem record = PeerRecord.Create(identity, Network, options, endPoints, _sequence.Next(now));
            (_record, _endPoints, _signed) = (record, endPoints, now);
            if (PeerRecord.TryParse(record, Network, now, out PeerRecord? said, out _))
                _self = said.ToPeerInfo() with { Reliability = 1, Score = 1, FirstSeen = _since, LastSeen = now };
            ServiceLog.Signed(logger, record.Sequence, string.Join(", ", endPoints));
            Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    /// <summary>Throws unless a record of all that the options say can be signed, wherever this peer will be.</summary>
    /// <exception cref="ArgumentException">It would be too large.</exception>
    public void CheckSize()
    {
        // Eight of the longer kind: nobody knows yet where it will be.
        PeerEndPoint[] endPoints = [.. Enumerable.Range(1, PeerRecord.MaxEndPoints).Select(static port => new PeerEndPoint(System.Net.IPAddress.IPv6Loopback, port))];
        PeerRecord.Create(identity, Network, options, endPoints, _sequence.Next(options.TimeProvider.GetUtcNow()));
    }

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => identity.Sign(message, signature);

    public int WriteCoordinate(Span<byte> destination) => coordinates.Current.TryFormat(destination) ? NetworkCoordinate.Size : 0;

    public int ReadNeighbors(ReadOnlySpan<byte> capability, ReadOnlySpan<byte> region, ReadOnlySpan<byte> coordinate, bool ipv4, Span<(PeerId Id, PeerEndPoint EndPoint)> destination) =>
        registry.ReadNeighbors(capability, region, ipv4, destination, NetworkCoordinate.TryParse(coordinate, out NetworkCoordinate near) ? near : null);

    public int Accept(SignedItem record, in PeerEndPoint source)
    {
        if (!PeerRecord.TryParse(record, Network, options.TimeProvider.GetUtcNow(), out PeerRecord? told, out _, isPublic))
            return KrpcError.Protocol;
        if (told.Id == Id)
            return 0;
        switch (registry.Offer(told))
        {
            case RecordOutcome.Older:
                return KrpcError.OldSequence;
            case RecordOutcome.Unproven:
                // Whoever introduces itself is asked where it speaks from, if it says that it can be reached there.
                _introduced.Writer.TryWrite(new(told.EndPoints.Contains(source) ? source : told.EndPoints[0], Introduced) { Id = told.Id });
                return 0;
            default:
                return 0;
        }
    }

    public void Flooded(in PeerEndPoint source) => registry.OffendAt(source, PeerOffence.Flood, options.TimeProvider.GetUtcNow());
}
