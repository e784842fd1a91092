using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Discovery.Kademlia;
using Discovery.Peers;
using Discovery.Transports;

namespace Discovery.Layers;

/// <summary>One search for near peers: carries out what <see cref="NearCandidates"/> wants, several things at a time.</summary>
internal sealed class NearSearch(RegionalParts parts, DhtNode node, DiscoveryContext context, RegionalLayerOptions options, PeerFilter filter, NearHistory history)
{
    /// <summary>How many of those announced under a topic are tried at first.</summary>
    private const int TopicCredit = 8;

    /// <summary>What is read of one topic.</summary>
    private const int MaxTopicPeers = 64;

    /// <summary>A prediction is off by a fifth in the median, and by more now and then.</summary>
    private const double PredictionSlack = 1.5;

    /// <summary>How long an answer about neighbors is waited for.</summary>
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(2);

    /// <summary>What a proof of two round trips may take of somebody near: a lost datagram, and the pace of 5 queries a second to one address (trap 10). Whoever takes longer is far or gone.</summary>
    private readonly TimeSpan _probePatience = options.MaxRtt * 10 + TimeSpan.FromSeconds(1.5);

    private readonly string? _capability = (filter.Capability ?? filter.Capabilities.FirstOrDefault()) is { Length: > 0 } text
        && System.Text.Encoding.UTF8.GetByteCount(text) <= PeerRecord.MaxTextSize ? text : null;
    private readonly NearCandidates _candidates = new(options, context.GetSelf().Id, context.GetSelf().EndPoints, history);
    private readonly Channel<Action> _outcomes = Channel.CreateUnbounded<Action>(new() { SingleReader = true });
    private readonly List<Task> _jobs = [];
    private int _running;

    /// <summary>Runs the search, once: the near peers as they are found, the known ones first. Each was proven, now or before.</summary>
    public async IAsyncEnumerable<PeerInfo> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            Recall();
            MeasurePredicted();
            ReadTopics(stop.Token);
            while (true)
            {
                Go(stop.Token);
                while (_candidates.TryTakeLiar(out PeerId liar))
                    parts.Registry.Offend(liar, PeerOffence.Lie, context.TimeProvider.GetUtcNow());
                while (_candidates.TryTake(out PeerInfo? peer))
                    yield return peer;
                if (_running > 0)
                    (await _outcomes.Reader.ReadAsync(cancellationToken).ConfigureAwait(false))();
                else if (!Recall())
                    break;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_jobs).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Takes up the known peers, the nearest first. Other layers find some while this one is at work.</summary>
    /// <returns>Whether one of them leads nearer.</returns>
    private bool Recall()
    {
        bool leadsNearer = false;
        foreach (PeerInfo peer in parts.Registry.ListAlive().OrderBy(static peer => peer.Rtt))
            leadsNearer |= _candidates.Know(peer);
        return leadsNearer;
    }

    private void MeasurePredicted()
    {
        NearLead predicted = _candidates.Open(TopicCredit);
        foreach (PeerInfo peer in parts.Registry.ListAlive().Where(peer => peer.Rtt is null && peer.PredictedRtt <= options.MaxRtt * PredictionSlack).OrderBy(static peer => peer.PredictedRtt))
            NearCandidates.Sight(predicted, peer.Id, peer.EndPoints[0]);
    }

    private void ReadTopics(CancellationToken cancellationToken)
    {
        if (context.Options.Region is { } region)
            Run(token => ReadTopicAsync(context.GetRegionTopic(region), token), cancellationToken);
        // Somebody to begin with.
        if (_candidates.Count < NearCandidates.Alpha)
            Run(token => ReadTopicAsync(context.Topic, token), cancellationToken);
    }

    private void Go(CancellationToken cancellationToken)
    {
        while (_candidates.NextToAsk() is { } contact)
            Run(token => AskAsync(contact, token), cancellationToken);
        while (_candidates.NextToProbe() is { } probe)
            Run(token => ProbeAsync(probe, token), cancellationToken);
    }

    private async Task<Action> ReadTopicAsync(NodeId topic, CancellationToken cancellationToken)
    {
        NearLead? lead = null;
        int count = 0;
        await foreach (PeerEndPoint endPoint in node.GetPeersAsync(topic, cancellationToken).ConfigureAwait(false))
        {
            _outcomes.Writer.TryWrite(() => NearCandidates.Sight(lead ??= _candidates.Open(TopicCredit), null, endPoint));
            if (++count == MaxTopicPeers)
                break;
        }
        return static () => { };
    }

    private async Task<Action> AskAsync(NearContact contact, CancellationToken cancellationToken)
    {
        // Whoever is near knows by measurement who else is; whoever is far can only predict it.
        byte[] coordinate = new byte[contact.Rtt <= options.MaxRtt ? 0 : NetworkCoordinate.Size];
        parts.Coordinates.Current.TryFormat(coordinate);
        NeighborsQuery query = new(contact.EndPoint, context.Topic, capability: _capability, coordinate: coordinate);
        bool isOver = await TryAsync(token => node.AskAsync(query, token).AsTask(), AskPatience, cancellationToken).ConfigureAwait(false);
        if (isOver)
            parts.Note(contact.Id, query, context.TimeProvider.GetUtcNow());
        return () => _candidates.Answered(contact, query.Neighbors);
    }

    private async Task<Action> ProbeAsync(NearProbe probe, CancellationToken cancellationToken)
    {
        // Measured already, by another search or layer.
        PeerInfo? peer = probe.Id is { } id && parts.Registry.Get(id) is { IsAlive: true, Rtt: not null } known && known.EndPoints[0] == probe.EndPoint ? known : null;
        // Once more when no time could be taken: a datagram was lost. Whoever is there is welcome: a liar who names another at its place must not keep it from being found.
        for (int tries = 0; tries < 2 && peer?.Rtt is null; tries++)
            if (!await TryAsync(async token => peer = await parts.VerifyAsync(new(probe.EndPoint, RegionalLayer.Hearsay), token).ConfigureAwait(false), _probePatience, cancellationToken).ConfigureAwait(false)
                || peer is null)
                break;
        return () => _candidates.Probed(probe, peer);
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> work, TimeSpan patience, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(patience, context.TimeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await work(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Does something beside; what came of it is noted by the one who runs the search.</summary>
    private void Run(Func<CancellationToken, Task<Action>> job, CancellationToken cancellationToken)
    {
        _running++;
        _jobs.RemoveAll(static done => done.IsCompleted);
        _jobs.Add(WatchAsync());

        async Task WatchAsync()
        {
            Action outcome;
            try
            {
                outcome = await job(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                ExceptionDispatchInfo failure = ExceptionDispatchInfo.Capture(exception);
                outcome = failure.Throw;
            }
            _outcomes.Writer.TryWrite(() =>
            {
                _running--;
                outcome();
            });
        }
    }
}
