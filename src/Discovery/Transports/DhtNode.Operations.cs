using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Discovery.Diagnostics;
using Discovery.Kademlia;

namespace Discovery.Transports;

/// <content>What can be asked of the network. A lookup runs on every address family at once.</content>
public sealed partial class DhtNode
{
    /// <summary>Asks one node whether it lives.</summary>
    /// <returns>Null when it does not answer.</returns>
    public async ValueTask<DhtPing?> PingAsync(PeerEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        PingQuery query = new(endPoint);
        await AskAsync(query, cancellationToken).ConfigureAwait(false);
        return query.Succeeded ? new DhtPing(query.NodeId, query.Rtt) : null;
    }

    /// <summary>BEP 5 <c>find_node</c>: walks to a target and gives the nodes nearest to it.</summary>
    public async ValueTask<DhtNodes> FindNodeAsync(NodeId target, CancellationToken cancellationToken = default)
    {
        FindNodeLookup[] walks = await RunAsync((node, ipv4, now) => node.FindNode(target, ipv4, now), cancellationToken).ConfigureAwait(false);
        return new([.. walks.SelectMany(static walk => walk.Responders.Take(Lookup.K)).Select(static c => new DhtContact(c.Id, c.EndPoint))], Sum(walks));
    }

    /// <summary>BEP 5 <c>get_peers</c>: who has announced itself under an info-hash, each once, as they are found. Leaving the loop ends the walk.</summary>
    public async IAsyncEnumerable<PeerEndPoint> GetPeersAsync(NodeId infoHash, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Channel<PeerEndPoint> found = Channel.CreateUnbounded<PeerEndPoint>(new() { SingleReader = true });
        HashSet<PeerEndPoint> seen = [];
        using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task walks = CollectAsync();
        try
        {
            await foreach (PeerEndPoint peer in found.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                if (seen.Add(peer))
                    yield return peer;
        }
        finally
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await walks.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await walks.ConfigureAwait(false);

        async Task CollectAsync()
        {
            try
            {
                await RunAsync((node, ipv4, now) => node.GetPeers(infoHash, ipv4, now, peer => found.Writer.TryWrite(peer)), leaving.Token).ConfigureAwait(false);
            }
            finally
            {
                found.Writer.TryComplete();
            }
        }
    }

    /// <summary>BEP 5 <c>announce_peer</c>: tells the nodes nearest to an info-hash that this host can be reached under it.</summary>
    /// <param name="infoHash">The info-hash.</param>
    /// <param name="port">The port to be told, 1 to 65535; 0 for the one that each node sees (<c>implied_port</c>).</param>
    /// <param name="cancellationToken">Ends the wait; what was announced by then stays so.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is outside 0..65535.</exception>
    public async ValueTask<DhtStored> AnnounceAsync(NodeId infoHash, int port = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        return await AnnounceAsync(infoHash, _ => port, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Announces end points that others shall use, such as those of forwarded ports: the first of each address family, and where there is none the one that each node sees.</summary>
    internal ValueTask<DhtStored> AnnounceAsync(NodeId infoHash, IReadOnlyList<IPEndPoint> advertised, CancellationToken cancellationToken) =>
        AnnounceAsync(infoHash, ipv4 => advertised.FirstOrDefault(endPoint => PeerEndPoint.FromIPEndPoint(endPoint).IsIPv4 == ipv4)?.Port ?? 0, cancellationToken);

    private async ValueTask<DhtStored> AnnounceAsync(NodeId infoHash, Func<bool, int> portOf, CancellationToken cancellationToken) =>
        Stored(infoHash, await RunAsync((node, ipv4, now) =>
        {
            int port = portOf(ipv4);
            return node.Announce(infoHash, (ushort)(port == 0 ? (ipv4 ? _ipv4 : _ipv6)!.LocalEndPoint.Port : port), isPortImplied: port == 0, ipv4, now);
        }, cancellationToken).ConfigureAwait(false));

    /// <summary>BEP 44 <c>get</c>: the item under a target, checked against it. For a mutable item every node on the way is heard, and the highest sequence number wins.</summary>
    /// <param name="target">SHA-1 of an immutable value, or of a key and a salt (<see cref="SignedItem.ComputeTarget"/>).</param>
    /// <param name="salt">The salt of a mutable item, 0 to 64 bytes.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async ValueTask<DhtItem> GetItemAsync(NodeId target, ReadOnlyMemory<byte> salt = default, CancellationToken cancellationToken = default)
    {
        if (salt.Length > SignedItem.MaxSaltSize)
            throw new ArgumentException($"A salt has at most {SignedItem.MaxSaltSize} bytes.", nameof(salt));
        GetItemLookup[] walks = await RunAsync((node, ipv4, now) => node.GetItem(target, salt, ipv4, now), cancellationToken).ConfigureAwait(false);
        FoundItem? best = walks.Select(static walk => walk.Item).OfType<FoundItem>().MaxBy(static item => item.Sequence);
        return new(best, walks.Sum(static walk => walk.Forged), Sum(walks));
    }

    /// <summary>BEP 44 <c>put</c>: stores an item at the nodes nearest to its target.</summary>
    /// <param name="item">An immutable value (<see cref="FoundItem.Immutable"/>) or a signed item (<see cref="FoundItem.Mutable"/>).</param>
    /// <param name="cas">The sequence number that nodes must hold now, or they refuse with error 301; null for no such condition.</param>
    /// <param name="cancellationToken">Ends the wait; what was stored by then stays so.</param>
    public async ValueTask<DhtStored> PutItemAsync(FoundItem item, long? cas = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Stored(item.Target, await RunAsync((node, ipv4, now) => node.PutItem(item, cas, ipv4, now), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>BEP 51 <c>sample_infohashes</c>: what the nodes on the way to a target hold.</summary>
    public async ValueTask<DhtSamples> SampleAsync(NodeId target, CancellationToken cancellationToken = default)
    {
        SampleLookup[] walks = await RunAsync((node, ipv4, now) => node.Sample(target, ipv4, now), cancellationToken).ConfigureAwait(false);
        return new(walks.SelectMany(static walk => walk.Samples).ToHashSet(), walks.Sum(static walk => walk.Held), Sum(walks));
    }

    /// <summary>Keeps our own announcement here too, where others will look for it.</summary>
    internal void Hold(NodeId infoHash, IReadOnlyList<PeerEndPoint> own) => Do((node, now) =>
    {
        foreach (PeerEndPoint endPoint in own)
            node.Hold(infoHash, endPoint, now);
    });

    /// <summary>Sends a query of ours to one node and waits for the end of the exchange.</summary>
    internal async ValueTask AskAsync(DirectQuery query, CancellationToken cancellationToken)
    {
        TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
        query.Completed = _ => finished.TrySetResult();
        await RunAsync([query], [finished], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the layer above answer our own queries.</summary>
    internal void Serve(INetworkMember member) => Do((node, _) => node.Member = member);

    private async ValueTask<T[]> RunAsync<T>(Func<KademliaNode, bool, TimeSpan, T> create, CancellationToken cancellationToken) where T : Lookup
    {
        cancellationToken.ThrowIfCancellationRequested();
        List<T> walks = [];
        List<TaskCompletionSource> finished = [];
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            TimeSpan now = Now;
            foreach (KademliaFamily family in _node.Families)
            {
                T walk = create(_node, family.IsIPv4, now);
                TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
                walk.Completed = _ => done.TrySetResult();
                walks.Add(walk);
                finished.Add(done);
            }
        }
        using System.Diagnostics.Activity? activity = DiscoveryActivities.Source.StartActivity(walks[0].Verb);
        activity?.SetTag("target", walks[0].Target.ToString());
        await RunAsync(walks, finished, cancellationToken).ConfigureAwait(false);
        activity?.SetTag("queried", walks.Sum(static walk => walk.Queried)).SetTag("answered", walks.Sum(static walk => walk.Answered));
        return [.. walks];
    }

    private async ValueTask RunAsync(IReadOnlyCollection<Operation> operations, IReadOnlyCollection<TaskCompletionSource> finished, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (!_isStarted)
                    throw new InvalidOperationException("The node has not been started.");
                TimeSpan now = Now;
                foreach (Operation operation in operations)
                {
                    _operations.Add(operation);
                    _node.Start(operation, now);
                }
                Flush(now);
            }
            await using (cancellationToken.UnsafeRegister(_ => Cancel(operations), null).ConfigureAwait(false))
                await Task.WhenAll(finished.Select(static source => source.Task)).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                foreach (Operation operation in operations)
                    _operations.Remove(operation);
        }
        lock (_gate)
            ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The activity of a walk that nobody waited for, made when it is over: it belongs to no thread that could have carried it.</summary>
    private void Trace(string purpose, Lookup walk)
    {
        if (!DiscoveryActivities.Source.HasListeners())
            return;
        DateTimeOffset end = _time.GetUtcNow();
        using System.Diagnostics.Activity? activity = DiscoveryActivities.Source.StartActivity(
            System.Diagnostics.ActivityKind.Internal, startTime: end - (walk.FinishedAt!.Value - walk.StartedAt), name: walk.Verb);
        activity?.SetTag("target", walk.Target.ToString()).SetTag("purpose", purpose).SetTag("queried", walk.Queried).SetTag("answered", walk.Answered).SetEndTime(end.UtcDateTime);
    }

    private void Cancel(IReadOnlyCollection<Operation> operations) => Do((node, now) =>
    {
        foreach (Operation operation in operations)
            node.Cancel(operation, now);
    });

    private static DhtStored Stored(NodeId target, StoreLookup[] walks) =>
        new(target, walks.Sum(static walk => walk.Asked), walks.Sum(static walk => walk.Acknowledged), Sum(walks));

    private static DhtStatistics Sum(IEnumerable<Lookup> walks) => walks.Aggregate(DhtStatistics.None, static (sum, walk) => sum + new DhtStatistics(
        walk.Queried, walk.Answered, walk.TimedOut, walk.Errors ?? [], walk.Hops, (walk.FinishedAt ?? walk.StartedAt) - walk.StartedAt));
}
