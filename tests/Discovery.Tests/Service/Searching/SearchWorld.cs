using System.Runtime.CompilerServices;
using Discovery.Peers;
using Discovery.Service;
using Discovery.Simulation;
using Discovery.Tests.Peers;
using Discovery.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Tests.Service;

/// <summary>Peers of scripted quality, sighted by layers at scripted moments, proven after scripted round trips: a search without a network, in virtual time.</summary>
internal sealed class SearchWorld : IDisposable
{
    /// <summary>How late things may be seen to happen: on a busy machine time goes on before everybody has done its work.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _lifetime = new();
    private readonly Dictionary<PeerEndPoint, ScriptedPeer> _peers = [];
    private readonly List<LayerPart> _parts = [];
    private int _proofs;

    public SearchWorld(DiscoveryStrategy strategy, DiscoveryTiming? timing = null)
    {
        Options = new() { Strategy = strategy, TimeProvider = Time, Timing = timing ?? new() };
        Registry = new(4096, new([(new ScriptedScorer(_peers), 1)]), default);
        Context = new(_parts, ProveAsync, Registry, Options, NullLogger.Instance, _lifetime.Token);
        Searches = new(query => new(Context, query));
        Recent = new(Context);
    }

    public VirtualTimeProvider Time { get; } = new();

    public DiscoveryOptions Options { get; }

    public PeerRegistry Registry { get; }

    public SearchContext Context { get; }

    public SharedSearches Searches { get; }

    public RecentSearches Recent { get; }

    /// <summary>How many proofs were asked for.</summary>
    public int Proofs => Volatile.Read(ref _proofs);

    /// <summary>A peer with a network (/24) of its own.</summary>
    /// <param name="score">How good it is.</param>
    /// <param name="milliseconds">How long it takes to prove it.</param>
    /// <param name="isDead">Whether it never answers: the proof takes that long all the same.</param>
    public ScriptedPeer Peer(double score, double milliseconds = 1, bool isDead = false)
    {
        ScriptedPeer peer = new(new((_peers.Count + 1) << 8), score, TimeSpan.FromMilliseconds(milliseconds), isDead);
        _peers.Add(peer.EndPoint, peer);
        return peer;
    }

    /// <summary>A peer of a network (/24) that others are of too.</summary>
    public ScriptedPeer PeerOf(int network, double score)
    {
        ScriptedPeer peer = new(new((network << 8) + _peers.Count + 1), score, TimeSpan.FromMilliseconds(1), false);
        _peers.Add(peer.EndPoint, peer);
        return peer;
    }

    /// <summary>So many peers, alike but for their scores: from one to the other.</summary>
    public ScriptedPeer[] Peers(int count, double best, double worst, double milliseconds = 1) =>
        [.. Enumerable.Range(0, count).Select(i => Peer(best + (worst - best) * i / Math.Max(1, count - 1), milliseconds))];

    /// <summary>A layer that sights peers, all of them after a time since it was asked, and ends then.</summary>
    public ScriptedLayer Layer(string name, DiscoveryScope scope, double milliseconds, params ScriptedPeer[] peers) =>
        Add(new(name, scope, Time, [.. peers.Select(peer => (TimeSpan.FromMilliseconds(milliseconds), peer.EndPoint))]) { EndsAt = TimeSpan.FromMilliseconds(milliseconds) });

    public ScriptedLayer Add(ScriptedLayer layer)
    {
        _parts.Add(new(layer.Name, layer.Scope, layer, new(layer.Name, DiscoveryPartKind.Layer, Time), new(Time, new Random(1))) { IsStarted = true });
        return layer;
    }

    /// <summary>Makes a peer known, as if a layer had seen it now.</summary>
    public void Know(string layer, params ScriptedPeer[] peers)
    {
        foreach (ScriptedPeer peer in peers)
            Registry.Observe(peer.Self.Record(), peer.EndPoint, peer.Delay, layer, Time.GetUtcNow());
    }

    /// <summary>Runs a search to its end.</summary>
    public async Task<(SearchOutcome Outcome, TimeSpan Elapsed)> RunAsync(int count, PeerFilter? filter = null)
    {
        PeerQuery query = Query(count, filter);
        TimeSpan start = Time.Elapsed;
        SharedSearches.Share share = Searches.Join(new(query), query);
        await Time.AdvanceUntilAsync(() => share.Search.Outcome.IsCompleted, TimeSpan.FromMilliseconds(1));
        TimeSpan elapsed = Time.Elapsed - start;
        await LeaveAsync(share);
        return (await share.Search.Outcome, elapsed);
    }

    public async Task LeaveAsync(SharedSearches.Share share)
    {
        Task leaving = share.DisposeAsync().AsTask();
        await Time.AdvanceUntilAsync(() => leaving.IsCompleted);
        await leaving;
    }

    public static PeerQuery Query(int count = int.MaxValue, PeerFilter? filter = null) => new() { Count = count, Filter = filter ?? new(), Topic = TestPeer.Network };

    public void Dispose()
    {
        _lifetime.Cancel();
        _lifetime.Dispose();
    }

    private async Task<PeerInfo?> ProveAsync(PeerSighting sighting, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _proofs);
        ScriptedPeer peer = _peers[sighting.EndPoint];
        await Task.Delay(peer.Delay, Time, cancellationToken);
        return peer.IsDead || sighting.Id is { } id && id != peer.Id ? null : Registry.Observe(peer.Self.Record(), peer.EndPoint, peer.Delay, sighting.Source, Time.GetUtcNow());
    }

    private sealed class ScriptedScorer(Dictionary<PeerEndPoint, ScriptedPeer> peers) : IPeerScorer
    {
        public string Name => "scripted";

        public double Score(PeerInfo peer) => peers[peer.EndPoints[0]].Score;
    }
}

/// <summary>A peer whose quality is given.</summary>
internal sealed record ScriptedPeer(TestPeer Self, double Score, TimeSpan Delay, bool IsDead)
{
    public PeerId Id => Self.Id;

    public PeerEndPoint EndPoint => Self.EndPoint;
}

/// <summary>A layer that does what the test says, when it says.</summary>
internal sealed class ScriptedLayer(string name, DiscoveryScope scope, VirtualTimeProvider time, IReadOnlyList<(TimeSpan At, PeerEndPoint EndPoint)> sightings) : IDiscoveryLayer
{
    private readonly List<TimeSpan> _askedAt = [];
    private int _left;

    public string Name => name;

    public DiscoveryScope Scope => scope;

    /// <summary>Whether it never ends by itself.</summary>
    public bool Hangs { get; init; }

    /// <summary>When it ends at the earliest.</summary>
    public TimeSpan EndsAt { get; init; }

    /// <summary>What it does when it is told to stop; null for nothing but stopping.</summary>
    public Action? WhenTold { get; init; }

    /// <summary>What it throws after its sightings; null for nothing.</summary>
    public Exception? Error { get; set; }

    /// <summary>Who it says is at each of its end points; null for nobody in particular.</summary>
    public PeerId? Claims { get; init; }

    /// <summary>How often it was asked.</summary>
    public int Asked => AskedAt.Count;

    /// <summary>When it was asked.</summary>
    public IReadOnlyList<TimeSpan> AskedAt
    {
        get
        {
            lock (_askedAt)
                return [.. _askedAt];
        }
    }

    /// <summary>How many of those who asked have left.</summary>
    public int Left => Volatile.Read(ref _left);

    public ValueTask StartAsync(DiscoveryContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async IAsyncEnumerable<PeerSighting> FindAsync(PeerQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration told = cancellationToken.Register(() => WhenTold?.Invoke());
        TimeSpan start = time.Elapsed;
        lock (_askedAt)
            _askedAt.Add(start);
        try
        {
            foreach ((TimeSpan at, PeerEndPoint endPoint) in sightings)
            {
                await WaitUntilAsync(start + at, cancellationToken);
                yield return new(endPoint, Name) { Id = Claims };
            }
            await WaitUntilAsync(start + EndsAt, cancellationToken);
            if (Hangs)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            if (Error is { } error)
                throw error;
        }
        finally
        {
            Interlocked.Increment(ref _left);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task WaitUntilAsync(TimeSpan at, CancellationToken cancellationToken)
    {
        if (at > time.Elapsed)
            await Task.Delay(at - time.Elapsed, time, cancellationToken);
    }
}
