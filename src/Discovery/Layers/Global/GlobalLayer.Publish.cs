using Discovery.Kademlia;

namespace Discovery.Layers;

/// <content>Being found.</content>
internal sealed partial class GlobalLayer
{
    /// <summary>What one node accepts at once before it takes us for a flood; the topics beyond are spread over time.</summary>
    private const int TopicsAtOnce = 3;
    private static readonly TimeSpan TopicSpacing = TimeSpan.FromMilliseconds(250);

    /// <summary>An announcement made to few nodes lies in the wrong places once there are more: sizes of the table at which it is made again.</summary>
    private static readonly int[] s_growth = [1, 8, 32, 128];
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private Task<LayerAnnouncement>? _publication;
    private SignedItem? _published;
    private int _publishedAtSize;

    /// <remarks>Waits for a first contact. A call for a record that is just being published joins that publication.</remarks>
    public async ValueTask<LayerAnnouncement> AnnounceAsync(SignedItem record, CancellationToken cancellationToken)
    {
        Hold();
        return await Publish(record, anew: false).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<LayerAnnouncement> Publish(SignedItem record, bool anew)
    {
        lock (_gate)
        {
            if (!anew && _published == record && _publication is { IsCompleted: false } running)
                return running;
            _published = record;
            return _publication = PublishAsync(record);
        }
    }

    private async Task<LayerAnnouncement> PublishAsync(SignedItem record)
    {
        CancellationToken cancellationToken = _stopping.Token;
        await WaitUntilReadyAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _publishedAtSize, Node.TableSize);
        List<Task<DhtStored>> stores = [Node.PutItemAsync(FoundItem.Mutable(record), null, cancellationToken).AsTask()];
        foreach (NodeId topic in Topics())
        {
            if (stores.Count > TopicsAtOnce)
                await Task.Delay(TopicSpacing, Context.TimeProvider, cancellationToken).ConfigureAwait(false);
            stores.Add(Node.AnnounceAsync(topic, Context.Options.Advertised, cancellationToken).AsTask());
        }
        int asked = 0, acknowledged = 0;
        Exception? error = null;
        await foreach (Task<DhtStored> store in Task.WhenEach(stores).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (store.IsCompletedSuccessfully)
            {
                DhtStored stored = await store.ConfigureAwait(false);
                asked += stored.Asked;
                acknowledged += stored.Acknowledged;
            }
            else
                error = store.Exception?.InnerException;
        }
        if (acknowledged == 0)
            error ??= new DiscoveryException(asked == 0 ? "No node could be asked." : $"None of {asked} nodes took it.");
        if (error is null)
            LayerLog.Published(_logger!, asked, acknowledged);
        else
            LayerLog.PublicationFailed(_logger!, asked, acknowledged, error);
        return new(asked, acknowledged, error);
    }

    /// <summary>Keeps our announcements at our own node, also while there is nobody to tell: the first to come will ask us.</summary>
    private async Task HoldAsync()
    {
        using PeriodicTimer timer = new(Context.Options.Timing.AnnounceInterval, Context.TimeProvider);
        do
            Hold();
        while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
    }

    private void Hold()
    {
        foreach (NodeId topic in Topics())
            Node.Hold(topic, Context.GetSelf().EndPoints);
    }

    private IEnumerable<NodeId> Topics()
    {
        yield return Context.Topic;
        foreach (string capability in Context.Options.Capabilities)
            yield return Context.GetCapabilityTopic(capability);
        if (Context.Options.Region is { } region)
            yield return Context.GetRegionTopic(region);
    }

    private async Task RepeatWhenGrownAsync()
    {
        foreach (int size in s_growth)
        {
            await Node.WaitForTableSizeAsync(size, _stopping.Token).ConfigureAwait(false);
            // The table grows in leaps; one publication does for the whole leap. Those who joined together do not publish together.
            await Task.Delay(Settle * (1 + Random.Shared.NextDouble()), Context.TimeProvider, _stopping.Token).ConfigureAwait(false);
            SignedItem? record;
            lock (_gate)
                record = _published;
            if (record is null || Volatile.Read(ref _publishedAtSize) >= size)
                continue;
            await Publish(record, anew: true).ConfigureAwait(false);
        }
    }
}
