using System.Runtime.CompilerServices;
using Discovery.Kademlia;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery.Layers;

/// <summary>The layer of those whose round-trip time is short, wherever they say they are: known peers, those announced under this peer's region, and whom the nearest of them know in turn.</summary>
internal sealed class RegionalLayer(RegionalParts parts, RegionalLayerOptions options) : IDiscoveryLayer, IReadyLayer
{
    public const string LayerName = "regional";

    /// <summary>How those are counted among the layers whom others named, and who may be far.</summary>
    public const string Hearsay = "neighbors";

    /// <summary>How many near peers this one introduces itself to.</summary>
    private const int MaxIntroductions = 8;

    /// <summary>How long an answer to an introduction is waited for.</summary>
    private static readonly TimeSpan IntroductionPatience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly NearHistory _history = new();
    private DiscoveryContext? _context;
    private DhtNode? _node;
    private Task? _ready;
    private Task _background = Task.CompletedTask;

    public string Name => LayerName;

    public DiscoveryScope Scope => DiscoveryScope.Regional;

    public bool IsReady => parts.Registry.Count > 0 || _ready is { IsCompletedSuccessfully: true };

    private DiscoveryContext Context => _context ?? throw new InvalidOperationException("The layer has not been started.");

    private DhtNode Node => _node ?? throw new InvalidOperationException("The layer has not been started.");

    public ValueTask StartAsync(DiscoveryContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (_context, _node) = (context, parts.GetNode());
        _ready = _node.WaitForAnswerAsync(_stopping.Token);
        // One layer is enough to bring the node into the DHT.
        _background = parts.HasGlobalLayer ? _ready
            : Task.WhenAll(_ready, new RouterFeed(_node, context, context.LoggerFactory.CreateLogger<RegionalLayer>()).RunAsync(_stopping.Token));
        return ValueTask.CompletedTask;
    }

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        (_ready ?? throw new InvalidOperationException("The layer has not been started.")).WaitAsync(cancellationToken);

    /// <remarks>Nobody is looked for by key: where a peer is among round-trip times says nothing of its key.</remarks>
    public async IAsyncEnumerable<PeerSighting> FindAsync(PeerQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (query.Peer is not null)
            yield break;
        // The service itself asks the caller's predicate.
        PeerFilter filter = query.Filter with { Predicate = null };
        await foreach (PeerInfo peer in new NearSearch(parts, Node, Context, options, filter, _history).RunAsync(cancellationToken).ConfigureAwait(false))
            if (filter.Matches(peer))
                yield return new(peer.EndPoints[0], Name) { Id = peer.Id };
    }

    /// <remarks>Introduces this peer to the near ones, so that they name it to others near; and announces it under the topic of its region unless the global layer does.</remarks>
    public async ValueTask<LayerAnnouncement> AnnounceAsync(SignedItem record, CancellationToken cancellationToken)
    {
        Task<LayerAnnouncement>[] announcements =
        [
            .. parts.Registry.ListAlive(new() { MaxRtt = options.MaxRtt }).OrderBy(static peer => peer.Rtt).Take(MaxIntroductions).Select(peer => IntroduceAsync(record, peer, cancellationToken)),
            .. Context.Options.Region is { } region && !parts.HasGlobalLayer ? [AnnounceUnderAsync(Context.GetRegionTopic(region), cancellationToken)] : Array.Empty<Task<LayerAnnouncement>>(),
        ];
        LayerAnnouncement[] done = await Task.WhenAll(announcements).ConfigureAwait(false);
        return new(done.Sum(static one => one.Asked), done.Sum(static one => one.Acknowledged), null);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<LayerAnnouncement> IntroduceAsync(SignedItem record, PeerInfo peer, CancellationToken cancellationToken)
    {
        AnnounceQuery query = new(peer.EndPoints[0], Context.Topic, record);
        using CancellationTokenSource patience = new(IntroductionPatience, Context.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await Node.AskAsync(query, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(1, 0);
        }
        parts.Note(peer.Id, query, Context.TimeProvider.GetUtcNow());
        return new(1, query.Succeeded ? 1 : 0);
    }

    private async Task<LayerAnnouncement> AnnounceUnderAsync(NodeId topic, CancellationToken cancellationToken)
    {
        DhtStored stored = await Node.AnnounceAsync(topic, Context.Options.Advertised, cancellationToken).ConfigureAwait(false);
        return new(stored.Asked, stored.Acknowledged);
    }
}
