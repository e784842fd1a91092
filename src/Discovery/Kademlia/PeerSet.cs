namespace Discovery.Kademlia;

/// <summary>One announcement: who, and for which info-hash.</summary>
internal readonly record struct Peer(PeerEndPoint EndPoint, PeerSet Set);

/// <summary>The announcements for one info-hash, as slots of the pool that holds them.</summary>
internal sealed class PeerSet(NodeId infoHash)
{
    private int[] _ipv4 = [], _ipv6 = [];
    private int _ipv4Count, _ipv6Count;

    public NodeId InfoHash => infoHash;

    /// <summary>The place in the pool of info-hashes.</summary>
    public int Slot { get; set; }

    /// <summary>The place in the list that samples are drawn from.</summary>
    public int Index { get; set; }

    public int Count => _ipv4Count + _ipv6Count;
    public Span<int> IPv4 => _ipv4.AsSpan(0, _ipv4Count);
    public Span<int> IPv6 => _ipv6.AsSpan(0, _ipv6Count);

    /// <summary>One of the slots; the set must not be empty.</summary>
    public int Any => _ipv4Count > 0 ? _ipv4[_ipv4Count - 1] : _ipv6[_ipv6Count - 1];

    public int Find(in PeerEndPoint peer, FairPool<Peer> pool)
    {
        foreach (int slot in peer.IsIPv4 ? IPv4 : IPv6)
        {
            if (pool[slot].EndPoint == peer)
                return slot;
        }
        return FairPool<Peer>.None;
    }

    /// <summary>A slot charged to anybody but that source.</summary>
    public int FindOther(PeerEndPoint source, FairPool<Peer> pool)
    {
        foreach (int slot in IPv4)
        {
            if (pool.SourceOf(slot) != source)
                return slot;
        }
        foreach (int slot in IPv6)
        {
            if (pool.SourceOf(slot) != source)
                return slot;
        }
        return FairPool<Peer>.None;
    }

    /// <summary>How many slots a source holds here, its oldest, and the oldest of all.</summary>
    public (int Own, int OldestOwn, int Oldest) Survey(in PeerEndPoint source, FairPool<Peer> pool)
    {
        (int Own, int OldestOwn, int Oldest) result = (0, FairPool<Peer>.None, FairPool<Peer>.None);
        Survey(IPv4, source, pool, ref result);
        Survey(IPv6, source, pool, ref result);
        return result;
    }

    public void Add(int slot, bool ipv4)
    {
        if (ipv4)
            Append(ref _ipv4, ref _ipv4Count, slot);
        else
            Append(ref _ipv6, ref _ipv6Count, slot);
    }

    public void Remove(int slot, bool ipv4)
    {
        if (ipv4)
            IPv4[IPv4.IndexOf(slot)] = _ipv4[--_ipv4Count];
        else
            IPv6[IPv6.IndexOf(slot)] = _ipv6[--_ipv6Count];
    }

    private static void Survey(ReadOnlySpan<int> slots, in PeerEndPoint source, FairPool<Peer> pool, ref (int Own, int OldestOwn, int Oldest) result)
    {
        foreach (int slot in slots)
        {
            if (result.Oldest == FairPool<Peer>.None || pool.Stamp(slot) < pool.Stamp(result.Oldest))
                result.Oldest = slot;
            if (pool.SourceOf(slot) != source)
                continue;
            result.Own++;
            if (result.OldestOwn == FairPool<Peer>.None || pool.Stamp(slot) < pool.Stamp(result.OldestOwn))
                result.OldestOwn = slot;
        }
    }

    private static void Append(ref int[] slots, ref int count, int slot)
    {
        if (count == slots.Length)
            Array.Resize(ref slots, Math.Max(2, count * 2));
        slots[count++] = slot;
    }
}
