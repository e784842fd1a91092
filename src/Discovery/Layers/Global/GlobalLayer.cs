using System.Runtime.CompilerServices;
using Discovery.Kademlia;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery.Layers;

/// <summary>The layer that reaches anywhere: peers announce themselves in a Mainline DHT under the topics of their network, and look for each other there.</summary>
/// <param name="getNode">Gives the node, once the layer starts; the service owns it.</param>
internal sealed partial class GlobalLayer(Func<DhtNode> getNode) : IDiscoveryLayer, IReadyLayer
{
    public const string LayerName = "global";

    /// <summary>Peers that start together look for each other before the others have announced themselves.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private DiscoveryContext? _context;
    private DhtNode? _node;
    private RouterFeed? _routers;
    private ILogger? _logger;
    private Task? _ready;
    private Task _background = Task.CompletedTask;
    private long _answeredAt = -1;

    public string Name => LayerName;

    public DiscoveryScope Scope => DiscoveryScope.Global;

    public bool IsReady => Volatile.Read(ref _answeredAt) >= 0;

    private DiscoveryContext Context => _context ?? throw new InvalidOperationException("The layer has not been started.");

    private DhtNode Node => _node ?? throw new InvalidOperationException("The layer has not been started.");

    public ValueTask StartAsync(DiscoveryContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (_context, _node) = (context, getNode());
        _logger = HarmlessLogger.Create<GlobalLayer>(context.LoggerFactory);
        _routers = new(_node, context, _logger);
        _ready = NoteAnswerAsync(_node);
        _background = Task.WhenAll(_routers.RunAsync(_stopping.Token), _ready, RepeatWhenGrownAsync(), HoldAsync());
        return ValueTask.CompletedTask;
    }

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        (_ready ?? throw new InvalidOperationException("The layer has not been started.")).WaitAsync(cancellationToken);

    public async IAsyncEnumerable<PeerSighting> FindAsync(PeerQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await JoinAsync(cancellationToken).ConfigureAwait(false);
        bool found = false;
        do
        {
            await foreach (PeerSighting sighting in (query.Peer is { } id ? FindRecordAsync(id, cancellationToken) : FindAnnouncedAsync(query.Topic, cancellationToken)).ConfigureAwait(false))
            {
                found = true;
                yield return sighting;
            }
        }
        while (!found && await PauseWhileJoiningAsync(cancellationToken).ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task? publication;
        lock (_gate)
            publication = _publication;
        if (publication is not null)
            await publication.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async IAsyncEnumerable<PeerSighting> FindAnnouncedAsync(NodeId topic, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<PeerEndPoint> own = Context.GetSelf().EndPoints;
        await foreach (PeerEndPoint endPoint in Node.GetPeersAsync(topic, cancellationToken).ConfigureAwait(false))
            if (!own.Contains(endPoint))
                yield return new(endPoint, Name);
    }

    /// <summary>A peer's record is also an item (BEP 44) under its key: whoever knows the key finds the end points.</summary>
    private async IAsyncEnumerable<PeerSighting> FindRecordAsync(PeerId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] salt = Context.Topic.ToArray();
        DhtItem found = await Node.GetItemAsync(SignedItem.ComputeTarget(id.ToArray(), salt), salt, cancellationToken).ConfigureAwait(false);
        if (found.Item?.Signed is not { } item || !PeerRecord.TryParse(item, Context.Topic, Context.TimeProvider.GetUtcNow(), out PeerRecord? record, out _))
            yield break;
        foreach (PeerEndPoint endPoint in record.EndPoints)
            yield return new(endPoint, Name) { Id = id };
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = new(Context.Options.Timing.JoinTimeout, Context.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await WaitUntilReadyAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DiscoveryException("No node of the DHT has answered yet.", _routers?.LastError);
        }
    }

    private async Task<bool> PauseWhileJoiningAsync(CancellationToken cancellationToken)
    {
        if (Context.TimeProvider.GetElapsedTime(Volatile.Read(ref _answeredAt)) >= Context.Options.Timing.JoinTimeout)
            return false;
        await Task.Delay(LookAgain, Context.TimeProvider, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task NoteAnswerAsync(DhtNode node)
    {
        await node.WaitForAnswerAsync(_stopping.Token).ConfigureAwait(false);
        Volatile.Write(ref _answeredAt, Context.TimeProvider.GetTimestamp());
    }
}
