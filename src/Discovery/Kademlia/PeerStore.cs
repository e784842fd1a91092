using Discovery.Limits;

namespace Discovery.Kademlia;

/// <summary>The peers that others announced here, by info-hash (BEP 5, BEP 51).</summary>
internal sealed class PeerStore
{
    private const int None = FairPool<Peer>.None;
    private const int MaxHandovers = 16;

    private readonly PeerStoreLimits _limits;
    private readonly FairPool<Peer> _peers = new();
    // An info-hash is charged to a source that announced it.
    private readonly FairPool<PeerSet> _infoHashes = new();
    private Dictionary<NodeId, PeerSet>? _sets;
    private List<PeerSet>? _sampled;

    public PeerStore(PeerStoreLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxInfoHashes, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxPeersPerInfoHash, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxPeersPerInfoHashAndSource, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxPeers, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxPeersPerSource, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limits.Lifetime, TimeSpan.Zero, nameof(limits));
        _limits = limits;
    }

    /// <summary>The number of info-hashes with at least one peer.</summary>
    public int InfoHashCount => _infoHashes.Count;

    /// <summary>The number of announcements kept.</summary>
    public int Count => _peers.Count;

    /// <summary>When <see cref="Expire"/> next has something to do; null when the store is empty.</summary>
    public TimeSpan? NextExpiry => _peers.Count == 0 ? null : _peers.Stamp(_peers.Oldest) + _limits.Lifetime;

    /// <summary>Keeps an announcement, or renews it.</summary>
    /// <returns>False when there is no room that this source may take.</returns>
    public bool Add(in NodeId infoHash, in PeerEndPoint peer, in PeerEndPoint source, TimeSpan now)
    {
        Expire(now);
        PeerEndPoint key = SourceKey.Of(source);
        PeerSet? set = null;
        if (_sets?.TryGetValue(infoHash, out set) == true)
        {
            if (set.Find(peer, _peers) is var known and not None)
            {
                _peers.Touch(known, now);
                _infoHashes.Touch(set.Slot, now);
                return true;
            }
            if (!MakeRoomIn(set, key))
                return false;
        }
        if (_peers.ChargedTo(key).Count >= _limits.MaxPeersPerSource)
            Remove(_peers.OldestOf(key));
        else if (_peers.Count >= _limits.MaxPeers && !RemoveIfAny(_peers.Victim(key)))
            return false;
        // Making room may have taken the last peer of the very same info-hash.
        if (_sets?.TryGetValue(infoHash, out set) != true)
        {
            if (!MakeRoomForInfoHash(key))
                return false;
            set = CreateSet(infoHash, key, now);
        }
        else
        {
            _infoHashes.Touch(set!.Slot, now);
        }
        set!.Add(_peers.Add(new(peer, set), 0, key, now), peer.IsIPv4);
        return true;
    }

    /// <summary>Writes peers of an info-hash, a random sample without repetition when there are more than <paramref name="max"/>.</summary>
    /// <returns>The number written.</returns>
    public int Read(in NodeId infoHash, bool ipv4, bool ipv6, int max, Random random, TimeSpan now, Span<PeerEndPoint> destination)
    {
        if (_sets is null || !_sets.TryGetValue(infoHash, out PeerSet? set))
            return 0;
        max = Math.Min(max, destination.Length);
        int first = ipv4 ? set.IPv4.Length : 0, second = ipv6 ? set.IPv6.Length : 0;
        // Both families share the room in proportion to their numbers.
        if (first + second > max)
            first = (int)((long)max * first / (first + second));
        TimeSpan oldest = now - _limits.Lifetime;
        ulong seed = (ulong)random.NextInt64();
        int written = ipv4 ? Sample(set.IPv4, seed, oldest, destination[..first]) : 0;
        if (ipv6)
            written += Sample(set.IPv6, ~seed, oldest, destination[written..max]);
        return written;
    }

    /// <summary>Writes a random sample of the info-hashes, without repetition (BEP 51).</summary>
    /// <returns>The number written.</returns>
    public int Sample(Span<NodeId> infoHashes, Random random)
    {
        int count = Math.Min(infoHashes.Length, _sampled?.Count ?? 0);
        for (int i = 0; i < count; i++)
        {
            Swap(i, random.Next(i, _sampled!.Count));
            infoHashes[i] = _sampled[i].InfoHash;
        }
        return count;
    }

    /// <summary>Drops the announcements that were not renewed in time.</summary>
    public void Expire(TimeSpan now)
    {
        while (_peers.Count > 0 && _peers.Stamp(_peers.Oldest) + _limits.Lifetime <= now)
            Remove(_peers.Oldest);
    }

    /// <summary>The first picks of a Fisher-Yates shuffle, which stays behind in the list: its order means nothing.</summary>
    private int Sample(Span<int> slots, ulong state, TimeSpan oldest, Span<PeerEndPoint> destination)
    {
        int written = 0;
        bool all = slots.Length <= destination.Length;
        for (int i = 0; i < slots.Length && written < destination.Length; i++)
        {
            if (!all)
            {
                // SplitMix64: one draw from the injected generator seeds the whole sample.
                ulong mixed = state += 0x9E37_79B9_7F4A_7C15;
                mixed = (mixed ^ mixed >> 30) * 0xBF58_476D_1CE4_E5B9;
                mixed = (mixed ^ mixed >> 27) * 0x94D0_49BB_1331_11EB;
                int pick = i + (int)((mixed >> 32) * (ulong)(slots.Length - i) >> 32);
                (slots[i], slots[pick]) = (slots[pick], slots[i]);
            }
            if (_peers.Stamp(slots[i]) > oldest)
                destination[written++] = _peers[slots[i]].EndPoint;
        }
        return written;
    }

    /// <summary>Keeps one source, and all of them, within the bounds of one info-hash.</summary>
    private bool MakeRoomIn(PeerSet set, in PeerEndPoint source)
    {
        (int own, int oldestOwn, int oldest) = set.Survey(source, _peers);
        if (own >= _limits.MaxPeersPerInfoHashAndSource)
            return RemoveIfAny(oldestOwn);
        // A single place per newcomer: whoever is here already displaces nobody else.
        return set.Count < _limits.MaxPeersPerInfoHash || RemoveIfAny(own > 0 ? oldestOwn : oldest);
    }

    /// <summary>Drops an info-hash when there are too many; one that others than the charged source announced as well is charged to one of these instead.</summary>
    private bool MakeRoomForInfoHash(in PeerEndPoint source)
    {
        for (int i = 0; _infoHashes.Count >= _limits.MaxInfoHashes; i++)
        {
            int victim = _infoHashes.Victim(source);
            if (victim == None)
                return false;
            PeerSet set = _infoHashes[victim];
            int other = i < MaxHandovers ? set.FindOther(_infoHashes.SourceOf(victim), _peers) : None;
            if (other == None)
            {
                if (i >= MaxHandovers && set.Count > 1)
                    return false;
                while (set.Count > 0)
                    Remove(set.Any);
                continue;
            }
            TimeSpan stamp = _infoHashes.Stamp(victim);
            _infoHashes.Remove(victim);
            set.Slot = _infoHashes.Add(set, 0, _peers.SourceOf(other), stamp);
        }
        return true;
    }

    private PeerSet CreateSet(in NodeId infoHash, in PeerEndPoint source, TimeSpan now)
    {
        _sets ??= new(SeededHash.NodeIds);
        _sampled ??= [];
        PeerSet set = new(infoHash) { Index = _sampled.Count };
        set.Slot = _infoHashes.Add(set, 0, source, now);
        _sampled.Add(set);
        _sets.Add(infoHash, set);
        return set;
    }

    private bool RemoveIfAny(int slot)
    {
        if (slot != None)
            Remove(slot);
        return slot != None;
    }

    private void Remove(int slot)
    {
        (PeerEndPoint peer, PeerSet set) = _peers[slot];
        set.Remove(slot, peer.IsIPv4);
        _peers.Remove(slot);
        if (set.Count > 0)
            return;
        _infoHashes.Remove(set.Slot);
        Swap(set.Index, _sampled!.Count - 1);
        _sampled.RemoveAt(_sampled.Count - 1);
        _sets!.Remove(set.InfoHash);
        if (_sets.Count == 0)
            (_sets, _sampled) = (null, null);
    }

    private void Swap(int left, int right)
    {
        (_sampled![left], _sampled[right]) = (_sampled[right], _sampled[left]);
        _sampled[left].Index = left;
        _sampled[right].Index = right;
    }
}
