using System.Collections.Immutable;

namespace Discovery.Peers;

/// <summary>The verified peers, bounded: the worst goes first. Writers take turns; readers look at the last snapshot and wait for nobody.</summary>
/// <remarks>About 2 KiB for each peer. A change copies 8 bytes for each peer; a look at the best m costs O(m).</remarks>
internal sealed partial class PeerRegistry : IPeerRegistry
{
    /// <summary>So many failures in a row, and a peer is lost.</summary>
    public const int MaxConsecutiveFailures = 3;

    private const int MaxSources = 8;

    private readonly Lock _lock = new();
    private readonly int _maxPeers;
    private readonly PeerScoring _scoring;
    private readonly PeerId _self;
    private volatile Snapshot _snapshot = Snapshot.Empty;
    private ImmutableArray<PeerWatch> _watches = [];
    private long _lastSerial;

    /// <param name="maxPeers">The most peers kept: at least 1.</param>
    /// <param name="scoring">What is good.</param>
    /// <param name="self">This peer, which is never in its own registry.</param>
    public PeerRegistry(int maxPeers, PeerScoring scoring, in PeerId self)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPeers, 1);
        (_maxPeers, _scoring, _self) = (maxPeers, scoring, self);
    }

    /// <summary>A peer proved its key at an end point and showed its record.</summary>
    /// <param name="record">The record, checked against the network and the time.</param>
    /// <param name="endPoint">Where the proof came from.</param>
    /// <param name="rtt">The round trip that was measured; null when none was.</param>
    /// <param name="source">The name of the layer that saw it.</param>
    /// <param name="now">When.</param>
    /// <returns>
    /// What is known of the peer now, even when there is no room to keep it; null when it is not to be used: the end point is not in the record, the record is older than the one known,
    /// or it is this peer itself.
    /// </returns>
    public PeerInfo? Observe(PeerRecord record, in PeerEndPoint endPoint, TimeSpan? rtt, string source, DateTimeOffset now)
    {
        if (record.Id == _self || !record.EndPoints.Contains(endPoint))
            return null;
        lock (_lock)
        {
            PeerEntry? before = _snapshot.Find(record.Id), after = before;
            if (before is not null && Compare(record, before.Record) == RecordOutcome.Older)
                return null;
            if (after is null || record.Item.Sequence > after.Record.Item.Sequence)
                after = after?.WithRecord(record) ?? Begin(record, before, now);
            after = after.WithProof(endPoint);
            after = after with { Info = after.Info with { LastSeen = now, Sources = Add(after.Info.Sources, source) } };
            after = Rate(after, after.Quality.Answered(rtt, now));
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
            Replace(before, Rate(after, after.Quality));
            return RecordOutcome.Taken;
        }
    }

    /// <summary>A known peer did not answer, or lied. After <see cref="MaxConsecutiveFailures"/> in a row it is lost.</summary>
    /// <returns>Whether it is lost now.</returns>
    public bool Fail(in PeerId id, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_snapshot.Find(id) is not { } before)
                return false;
            PeerQuality quality = before.Quality.Failed(now);
            bool isLost = quality.ConsecutiveFailures >= MaxConsecutiveFailures;
            Replace(before, isLost ? null : Rate(before, quality));
            return isLost;
        }
    }

    /// <summary>Forgets the peers whose records are over.</summary>
    /// <returns>How many there were.</returns>
    public int Expire(DateTimeOffset now)
    {
        lock (_lock)
        {
            PeerEntry[] expired = [.. _snapshot.Ranked.Where(entry => entry.Record.IsExpired(now))];
            foreach (PeerEntry entry in expired)
                Replace(entry, null);
            return expired.Length;
        }
    }

    // A record that moves the peer elsewhere starts with its history, but with no proven end point.
    private PeerEntry Begin(PeerRecord record, PeerEntry? before, DateTimeOffset now) => new(before?.Serial ?? ++_lastSerial, record, record.ToPeerInfo() with
    {
        FirstSeen = before?.Info.FirstSeen ?? now,
        Sources = before?.Info.Sources ?? [],
    }, before?.Quality ?? default);

    // Trap 5 of the protocol: of one sequence number there is one value.
    private static RecordOutcome Compare(PeerRecord offered, PeerRecord known) => offered.Item.Sequence.CompareTo(known.Item.Sequence) switch
    {
        > 0 => RecordOutcome.Taken,
        0 when offered.Item.Value.Span.SequenceEqual(known.Item.Value.Span) => RecordOutcome.Known,
        _ => RecordOutcome.Older,
    };

    private PeerEntry Rate(PeerEntry entry, in PeerQuality quality)
    {
        PeerInfo info = entry.Info with { Rtt = quality.Rtt, Reliability = quality.Reliability };
        return entry with { Quality = quality, Info = info with { Score = _scoring.Score(info) } };
    }

    private void Replace(PeerEntry? before, PeerEntry? after)
    {
        Snapshot snapshot = _snapshot.Replace(before, after);
        PeerEntry? worst = snapshot.Ranked.Length > _maxPeers ? snapshot.Ranked[^1] : null;
        if (worst is not null)
            snapshot = snapshot.Replace(worst, null);
        _snapshot = snapshot;
        if (worst is not null && ReferenceEquals(worst, after))
            return;
        // Before the one that takes its place, so that whoever counts never counts too many.
        if (worst is not null)
            Tell(worst.Info, null);
        Tell(before?.Info, after?.Info);
    }

    private static IReadOnlyList<string> Add(IReadOnlyList<string> sources, string source) =>
        sources.Count == MaxSources || sources.Contains(source) ? sources : [.. sources, source];
}
