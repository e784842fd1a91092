using System.Collections.Immutable;

namespace Discovery.Peers;

/// <summary>The verified peers, bounded: the worst goes first, and never one in use. Writers take turns; readers look at the last snapshot and wait for nobody.</summary>
/// <remarks>
/// About 2 KiB for each peer. A change copies 8 bytes for each peer; a look at the best m costs O(m) unless they are all alike. There is no clock in here: where no time is given, it is that of the last
/// event.
/// </remarks>
internal sealed partial class PeerRegistry : IPeerRegistry
{
    /// <summary>So many failures in a row, and a peer is lost.</summary>
    public const int MaxConsecutiveFailures = 3;

    private const int MaxSources = 8;

    /// <summary>For so long after it signed a new record a peer may be heard with the old one: answers pass each other on the way.</summary>
    private static readonly TimeSpan RenewalGrace = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly int _maxPeers;
    private readonly PeerScoring _scoring;
    private readonly PeerId _self;
    private readonly NodeId _network;
    private readonly CoordinateTracker? _coordinates;
    private readonly PeerBans _bans = new();
    private readonly PeerMemory _memory;
    private volatile Snapshot _snapshot = Snapshot.Empty;
    // Weak, because whoever asked for one may never read it. A reader that waits is held by what it waits for.
    private ImmutableArray<WeakReference<PeerWatch>> _watches = [];
    private volatile bool _isDeserted;
    private long _lastSerial;
    private DateTimeOffset _now;

    /// <param name="maxPeers">The most peers kept: at least 1. As many that are gone are remembered.</param>
    /// <param name="scoring">What is good.</param>
    /// <param name="self">This peer, which is never in its own registry.</param>
    /// <param name="network">The topic of the network, for records that do not come with a proof.</param>
    /// <param name="coordinates">Where this peer is among round-trip times; null when nobody is to know.</param>
    /// <param name="now">When it begins.</param>
    public PeerRegistry(int maxPeers, PeerScoring scoring, in PeerId self, NodeId network = default, CoordinateTracker? coordinates = null, DateTimeOffset now = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPeers, 1);
        (_maxPeers, _scoring, _self, _network, _coordinates, _memory, _now) = (maxPeers, scoring, self, network, coordinates, new(maxPeers), now);
    }

    /// <summary>A peer proved its key at an end point and showed its record.</summary>
    /// <param name="record">The record, checked against the network and the time.</param>
    /// <param name="endPoint">Where the proof came from.</param>
    /// <param name="rtt">The round trip that was measured; null when none was.</param>
    /// <param name="source">The name of the layer that saw it.</param>
    /// <param name="now">When.</param>
    /// <param name="coordinate">Where the peer says it is; null when it does not say.</param>
    /// <returns>
    /// What is known of the peer now, even when there is no room to keep it; null when it is not to be used: the end point is not in the record, the record is older than the one known,
    /// it is banned, or it is this peer itself.
    /// </returns>
    public PeerInfo? Observe(PeerRecord record, in PeerEndPoint endPoint, TimeSpan? rtt, string source, DateTimeOffset now, NetworkCoordinate? coordinate = null)
    {
        if (record.Id == _self || !record.EndPoints.Contains(endPoint))
            return null;
        lock (_lock)
        {
            Advance(now);
            if (_bans.IsBanned(record.Id, now))
                return null;
            PeerEntry? before = _snapshot.Find(record.Id), after = before;
            if (before is not null && Compare(record, before.Record) == RecordOutcome.Older)
            {
                if (SequenceClock.ToSequence(now - RenewalGrace) > before.Record.Item.Sequence)
                    Offend(record.Id, PeerOffence.Lie, now);
                return null;
            }
            if (after is null || record.Item.Sequence > after.Record.Item.Sequence)
                after = after?.WithRecord(record) ?? Begin(record, before ?? _memory.Take(record.Id), now);
            after = after.WithProof(endPoint);
            after = after with { Info = after.Info with { LastSeen = now, Sources = Add(after.Info.Sources, source) } };
            after = Rate(Locate(after, coordinate), after.Quality.Answered(rtt, now), now, rtt is not null);
            Replace(before, after);
            return after.Info;
        }
    }

    /// <summary>A known peer answered something, without a proof of its key.</summary>
    /// <param name="id">Who.</param>
    /// <param name="rtt">The round trip that was measured; null when none was, or the query was sent more than once.</param>
    /// <param name="now">When.</param>
    /// <param name="coordinate">Where the peer says it is; null when it does not say.</param>
    /// <returns>Whether it is known.</returns>
    public bool Answer(in PeerId id, TimeSpan? rtt, DateTimeOffset now, NetworkCoordinate? coordinate = null)
    {
        lock (_lock)
        {
            Advance(now);
            if (_snapshot.Find(id) is not { } before)
                return false;
            Replace(before, Rate(Locate(before, coordinate), before.Quality.Answered(rtt, now), now, rtt is not null));
            return true;
        }
    }

    /// <summary>Another layer saw a known peer.</summary>
    /// <returns>What is known of it now; null when it is not known.</returns>
    public PeerInfo? See(in PeerId id, string source)
    {
        lock (_lock)
        {
            if (_snapshot.Find(id) is not { } before || before.Info.Sources.Contains(source))
                return _snapshot.Find(id)?.Info;
            PeerEntry after = before with { Info = before.Info with { Sources = Add(before.Info.Sources, source) } };
            Replace(before, after);
            return after.Info;
        }
    }

    /// <summary>Somebody brought a record whose signature is good, without a proof that its owner is there.</summary>
    public RecordOutcome Offer(PeerRecord record)
    {
        lock (_lock)
        {
            PeerEntry? before = _snapshot.Find(record.Id);
            RecordOutcome outcome = before is null ? RecordOutcome.Unproven : Compare(record, before.Record);
            if (outcome != RecordOutcome.Taken)
                return outcome;
            if (before!.WithRecord(record) is not { } after)
                return RecordOutcome.Unproven;
            Replace(before, Rate(after, after.Quality, _now));
            return RecordOutcome.Taken;
        }
    }

    /// <summary>A known peer did not answer. After <see cref="MaxConsecutiveFailures"/> in a row it is lost.</summary>
    /// <returns>Whether it is lost now.</returns>
    public bool Fail(in PeerId id, DateTimeOffset now)
    {
        lock (_lock)
            return _snapshot.Find(id) is { } before && Fail(before, now);
    }

    /// <summary>At an end point nobody answered, or somebody else: the peers that were proven there last have failed.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="present">Who proved to be there; null for nobody.</param>
    /// <param name="now">When.</param>
    public void Blame(in PeerEndPoint endPoint, PeerId? present, DateTimeOffset now)
    {
        lock (_lock)
            foreach (PeerEntry entry in _snapshot.Ranked)
                if (entry.Info.EndPoints[0] == endPoint && entry.Info.Id != present)
                    Fail(entry, now);
    }

    /// <summary>A peer, known or not, broke the protocol. It may be banned for that (<see cref="PeerBans"/>), and then is lost.</summary>
    /// <returns>When the ban ends; null when there is none.</returns>
    public DateTimeOffset? Offend(in PeerId id, PeerOffence offence, DateTimeOffset now)
    {
        lock (_lock)
        {
            Advance(now);
            DateTimeOffset? until = _bans.Note(id, offence, now);
            if (_snapshot.Find(id) is { } before)
            {
                PeerEntry after = Rate(before, before.Quality.Offended(now), now);
                Replace(before, until is null ? after : null, PeerLossReason.Banned);
                if (until is { } end)
                    _memory.Add(after, end);
            }
            return until;
        }
    }

    /// <summary>Whoever is at an end point broke the protocol: the peers that were proven there last are held to it.</summary>
    public void OffendAt(in PeerEndPoint endPoint, PeerOffence offence, DateTimeOffset now)
    {
        lock (_lock)
            foreach (PeerEntry entry in _snapshot.Ranked)
                if (entry.Info.EndPoints[0] == endPoint)
                    Offend(entry.Info.Id, offence, now);
    }

    // A record that moves the peer elsewhere starts with its history, but with no proven end point.
    private PeerEntry Begin(PeerRecord record, PeerEntry? before, DateTimeOffset now) => new(before?.Serial ?? ++_lastSerial, record, record.ToPeerInfo() with
    {
        // One that was added, and is proven only now, is seen now.
        FirstSeen = before is { Quality.LastSuccess: not null } ? before.Info.FirstSeen : now,
        LastSeen = now,
        Sources = before?.Info.Sources ?? [],
        ConnectionState = before?.Info.ConnectionState ?? default,
    }, before?.Quality ?? default)
    {
        Coordinate = before?.Coordinate,
    };

    // Trap 5 of the protocol: of one sequence number there is one value.
    private static RecordOutcome Compare(PeerRecord offered, PeerRecord known) => offered.Item.Sequence.CompareTo(known.Item.Sequence) switch
    {
        > 0 => RecordOutcome.Taken,
        0 when offered.Item.Value.Span.SequenceEqual(known.Item.Value.Span) => RecordOutcome.Known,
        _ => RecordOutcome.Older,
    };

    private bool Fail(PeerEntry before, DateTimeOffset now)
    {
        Advance(now);
        PeerEntry after = Rate(before, before.Quality.Failed(now), now);
        bool isLost = after.Quality.ConsecutiveFailures >= MaxConsecutiveFailures;
        Replace(before, isLost ? null : after, PeerLossReason.Dead);
        if (isLost)
            _memory.Add(after, now + PeerMemory.FirstRetry);
        return isLost;
    }

    private static PeerEntry Locate(PeerEntry entry, NetworkCoordinate? coordinate) => coordinate is null ? entry : entry with { Coordinate = coordinate };

    private PeerEntry Rate(PeerEntry entry, in PeerQuality quality, DateTimeOffset now, bool isMeasured = false)
    {
        TimeSpan? predicted = null;
        if (_coordinates is not null && entry.Coordinate is { } coordinate)
        {
            if (isMeasured && quality.RecentRtt is { } rtt)
                _coordinates.Update(coordinate, rtt);
            predicted = _coordinates.Current.Predict(coordinate);
        }
        PeerInfo info = entry.Info with
        {
            Rtt = quality.Rtt,
            RttVariance = quality.RttVariance,
            MinRtt = quality.MinRtt,
            PredictedRtt = predicted,
            Reliability = quality.ReliabilityAt(now),
            ObservedCapacity = quality.Capacity,
            IsAlive = quality.ConsecutiveFailures == 0,
            Freshness = FreshnessScorer.Compute(entry.Info.LastSeen, now),
        };
        return entry with { Quality = quality, Info = info with { Score = _scoring.Score(info) } };
    }

    private void Replace(PeerEntry? before, PeerEntry? after, PeerLossReason reason = PeerLossReason.Removed)
    {
        Snapshot snapshot = _snapshot.Replace(before, after);
        PeerEntry? worst = snapshot.Ranked.Length > _maxPeers ? snapshot.WorstUnused() ?? after : null;
        if (worst is not null)
            snapshot = snapshot.Replace(worst, null);
        _snapshot = snapshot;
        _isDeserted = snapshot.Ranked.IsEmpty && before is not null && reason != PeerLossReason.Removed;
        if (worst is not null && ReferenceEquals(worst, after))
            return;
        // Before the one that takes its place, so that whoever counts never counts too many.
        if (worst is not null)
            Tell(worst.Info, null, PeerLossReason.Evicted);
        Tell(before?.Info, after?.Info, reason);
    }

    private void Advance(DateTimeOffset now) => _now = now > _now ? now : _now;

    private static IReadOnlyList<string> Add(IReadOnlyList<string> sources, string source) =>
        sources.Count == MaxSources || sources.Contains(source) ? sources : [.. sources, source];
}
