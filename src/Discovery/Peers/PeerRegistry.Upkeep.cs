namespace Discovery.Peers;

/// <summary>A peer that was cleaned up, and why.</summary>
internal readonly record struct PeerRemoval(PeerInfo Peer, PeerLossReason Reason);

/// <content>What has to be done from time to time.</content>
internal sealed partial class PeerRegistry
{
    /// <summary>A score or reliability that changes by less than this is left as it is.</summary>
    private const double LeastChange = 0.001;

    /// <summary>All of them, in the order in which they are to be measured in rounds of this length (<see cref="PeerSampling"/>).</summary>
    public IReadOnlyList<PeerInfo> SamplingOrder(TimeSpan interval, DateTimeOffset now) => PeerSampling.Order(_snapshot.Ranked.AsSpan(), interval, now);

    /// <summary>Forgets the peers whose records are over.</summary>
    /// <returns>How many there were.</returns>
    public int Expire(DateTimeOffset now) => CleanUp(now, TimeSpan.MaxValue).Count;

    /// <summary>Forgets the peers whose records are over, and those not verified for too long unless they are in use. (Those that do not answer go by <see cref="Fail(in PeerId, DateTimeOffset)"/>.)</summary>
    /// <param name="now">When.</param>
    /// <param name="staleAfter">How long a peer may go without being verified.</param>
    public IReadOnlyList<PeerRemoval> CleanUp(DateTimeOffset now, TimeSpan staleAfter)
    {
        List<PeerRemoval> removals = [];
        lock (_lock)
        {
            Advance(now);
            _memory.Forget(now);
            foreach (PeerEntry entry in _snapshot.Ranked)
            {
                bool isExpired = entry.Record.IsExpired(now);
                if (!isExpired && (entry.IsInUse || now - entry.Info.LastSeen <= staleAfter))
                    continue;
                PeerLossReason reason = isExpired ? PeerLossReason.RecordExpired : PeerLossReason.Stale;
                Replace(entry, null, reason);
                _memory.Add(entry, now);
                removals.Add(new(entry.Info, reason));
            }
        }
        return removals;
    }

    /// <summary>Whether less than a third is left of the life of a known peer's record. Peers sign theirs anew after half of it.</summary>
    public bool IsNearExpiry(in PeerId id, DateTimeOffset now) =>
        _snapshot.Find(id) is { Record: { } record } && 3 * (SequenceClock.ToSequence(record.Expires) - SequenceClock.ToSequence(now)) < SequenceClock.ToSequence(record.Expires) - record.Item.Sequence;

    /// <summary>The network is back or is another one: those that are looked for are all due now, and their waits begin anew.</summary>
    public void HastenContacts(DateTimeOffset now)
    {
        lock (_lock)
            _memory.Hasten(now);
    }

    /// <summary>Computes all scores anew: what was measured fades, and coordinates have moved.</summary>
    public void Rescore(DateTimeOffset now)
    {
        lock (_lock)
        {
            Advance(now);
            PeerEntry[] entries = [.. _snapshot.Ranked];
            List<(PeerInfo Before, PeerInfo After)> changes = [];
            foreach (ref PeerEntry entry in entries.AsSpan())
            {
                PeerEntry after = Rate(entry, entry.Quality, now);
                if (Math.Abs(after.Info.Score - entry.Info.Score) < LeastChange && Math.Abs(after.Info.Reliability - entry.Info.Reliability) < LeastChange)
                    continue;
                changes.Add((entry.Info, after.Info));
                entry = after;
            }
            if (changes.Count == 0)
                return;
            _snapshot = Snapshot.Of(entries);
            foreach ((PeerInfo before, PeerInfo after) in changes)
                Tell(before, after, PeerLossReason.FilteredOut);
        }
    }

    /// <summary>Peers to prove now that are not known: those from an earlier run, those that were added, and those that were lost, each at growing intervals (<see cref="PeerMemory"/>). The best first.</summary>
    /// <param name="count">The most that are wanted.</param>
    /// <param name="now">When.</param>
    public IReadOnlyList<PeerInfo> Contacts(int count, DateTimeOffset now)
    {
        lock (_lock)
        {
            Advance(now);
            return [.. _memory.Due(count, now).Where(entry => !_bans.IsBanned(entry.Info.Id, now)).Select(static entry => entry.Info)];
        }
    }

    /// <summary>Takes up what an earlier run saved. Each peer has to prove itself before it is known again; then it goes on with its old quality.</summary>
    /// <returns>How many are of use: of this network, not too old, and not known already.</returns>
    public int Restore(IEnumerable<StoredPeer> peers, DateTimeOffset now)
    {
        int count = 0;
        lock (_lock)
        {
            Advance(now);
            foreach (StoredPeer peer in peers)
                if (peer.Peer.Record is { } item && now - peer.Peer.LastSeen <= PeerMemory.Keep && Remember(item, peer, now))
                    count++;
        }
        return count;
    }

    /// <summary>What is to be saved: the known peers, the best first, then those to look for.</summary>
    public IReadOnlyList<StoredPeer> Export()
    {
        lock (_lock)
            return [.. _snapshot.Ranked.Concat(_memory.Entries).Select(StoredQuality.Export)];
    }

    private bool Remember(SignedItem item, StoredPeer? stored, DateTimeOffset now)
    {
        if (item.Key == _self || _snapshot.Find(item.Key) is not null || _memory.Has(item.Key) || _bans.IsBanned(item.Key, now)
            || !PeerRecord.TryParse(item, _network, out PeerRecord? record, out _))
            return false;
        PeerEntry entry = Begin(record, null, now);
        if (stored is not null)
            entry = StoredQuality.Restore(stored, entry, now);
        return _memory.Add(Rate(entry, entry.Quality, now), now);
    }
}
