namespace Discovery.Peers;

/// <summary>Peers that were known and are not now, or are to be proven first: where to look for them, and what was measured of them. Bounded; not thread-safe.</summary>
/// <remarks>
/// A peer that is gone is tried again after 1 min, then after twice as long each time, at most an hour; one not verified for <see cref="Keep"/> is forgotten. Coming back, it goes on with its old quality, so
/// that nobody gets a better name by dying.
/// </remarks>
/// <param name="capacity">The most peers that are remembered. The one verified longest ago goes first.</param>
internal sealed class PeerMemory(int capacity)
{
    /// <summary>When a peer that was lost is tried again.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);

    /// <summary>The longest time between two tries.</summary>
    public static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    /// <summary>How long a peer is remembered that nobody has verified.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromDays(7);

    private readonly Dictionary<PeerId, Remembered> _peers = [];

    private sealed class Remembered(PeerEntry entry, DateTimeOffset next)
    {
        public PeerEntry Entry => entry;

        public DateTimeOffset Next { get; set; } = next;

        public TimeSpan Delay { get; set; } = FirstRetry;
    }

    /// <summary>How many are remembered.</summary>
    public int Count => _peers.Count;

    /// <summary>Those that are remembered, in no order.</summary>
    public IEnumerable<PeerEntry> Entries => _peers.Values.Select(static peer => peer.Entry);

    /// <summary>Whether a peer is remembered.</summary>
    public bool Has(in PeerId id) => _peers.ContainsKey(id);

    /// <summary>Remembers a peer, to be tried at a time.</summary>
    /// <returns>False when there is no room: all others were verified later.</returns>
    public bool Add(PeerEntry entry, DateTimeOffset next)
    {
        if (_peers.Count == capacity && !_peers.ContainsKey(entry.Info.Id))
        {
            Remembered oldest = _peers.Values.MinBy(static peer => peer.Entry.Info.LastSeen)!;
            if (oldest.Entry.Info.LastSeen > entry.Info.LastSeen)
                return false;
            _peers.Remove(oldest.Entry.Info.Id);
        }
        _peers[entry.Info.Id] = new(entry, next);
        return true;
    }

    /// <summary>Takes a peer out.</summary>
    /// <returns>Null when it is not remembered.</returns>
    public PeerEntry? Take(in PeerId id) => _peers.Remove(id, out Remembered? peer) ? peer.Entry : null;

    /// <summary>The peers to try now, the best first. Each is due again after its delay, unless it is taken out before.</summary>
    public IReadOnlyList<PeerEntry> Due(int count, DateTimeOffset now)
    {
        Remembered[] due = [.. _peers.Values.Where(peer => peer.Next <= now).OrderBy(static peer => peer.Entry, PeerEntry.BestFirst).Take(count)];
        foreach (Remembered peer in due)
        {
            peer.Next = now + peer.Delay;
            peer.Delay = peer.Delay * 2 < LongestRetry ? peer.Delay * 2 : LongestRetry;
        }
        return [.. due.Select(static peer => peer.Entry)];
    }

    /// <summary>All are due now.</summary>
    public void Hasten(DateTimeOffset now)
    {
        foreach (Remembered peer in _peers.Values)
            (peer.Next, peer.Delay) = (peer.Next < now ? peer.Next : now, FirstRetry);
    }

    /// <summary>Forgets those not verified for too long.</summary>
    public void Forget(DateTimeOffset now)
    {
        foreach ((PeerId id, Remembered peer) in _peers)
            if (now - peer.Entry.Info.LastSeen > Keep)
                _peers.Remove(id);
    }
}
