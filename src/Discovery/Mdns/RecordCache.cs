using System.Runtime.InteropServices;
using Discovery.Encoding.Dns;
using Discovery.Limits;

namespace Discovery.Mdns;

/// <summary>What others on one link have said, as long as it holds. Bounded as a whole and for each source.</summary>
internal sealed class RecordCache(MdnsOptions options, Random random)
{
    /// <summary>No record is believed for longer, whatever it says.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);

    private readonly Dictionary<DnsName, List<CacheEntry>> _entries = new(DnsNameComparer.Instance);
    private readonly Dictionary<PeerEndPoint, int> _bySource = new(SeededHash.EndPoints);
    private readonly PriorityQueue<CacheEntry, TimeSpan> _events = new();

    public int Count { get; private set; }

    /// <summary>Queue entries, those that are void included: what must not grow without limit.</summary>
    internal int QueueLength => _events.Count;

    public TimeSpan NextEvent => _events.TryPeek(out _, out TimeSpan at) ? at : TimeSpan.MaxValue;

    public IReadOnlyList<CacheEntry> Named(DnsName name) => _entries.TryGetValue(name, out List<CacheEntry>? named) ? named : [];

    /// <summary>The newest record of a name and type, one that has been withdrawn only for want of another; null when there is none.</summary>
    public CacheEntry? Newest(DnsName name, DnsType type)
    {
        CacheEntry? newest = null;
        foreach (CacheEntry entry in Named(name))
            if (entry.Record.Type == type && entry.IsNewerThan(newest))
                newest = entry;
        return newest;
    }

    /// <summary>Takes a record.</summary>
    /// <returns>Whether anything but its age has changed.</returns>
    public bool Add(in DnsRecordView view, in PeerEndPoint source, TimeSpan now)
    {
        bool isKnownName = _entries.GetAlternateLookup<DnsNameView>().TryGetValue(view.Name, out List<CacheEntry>? named);
        bool isChanged = view.IsCacheFlush && isKnownName && Flush(named!, view, now);
        if (isKnownName)
        {
            foreach (CacheEntry entry in named!)
            {
                if (!entry.Record.IsSameAs(view))
                    continue;
                bool wasDoomed = entry.IsDoomed;
                if (view.Ttl == 0)
                    entry.Doom(now);
                else
                    entry.Refresh(LifeOf(view.Ttl), now, random);
                Enqueue(entry);
                return isChanged || wasDoomed != entry.IsDoomed;
            }
        }
        PeerEndPoint key = source.AddressKey;
        if (view.Ttl == 0 || Count >= options.MaxCachedRecords || _bySource.GetValueOrDefault(key) >= options.MaxCachedRecordsPerSource || !DnsRecord.TryCreate(view, out DnsRecord? record))
            return isChanged;
        CacheEntry added = CacheEntry.Create(record, key, LifeOf(view.Ttl), now, random);
        if (!isKnownName)
            _entries.Add(record.Name, named = []);
        named!.Add(added);
        _bySource[key] = _bySource.GetValueOrDefault(key) + 1;
        Count++;
        Enqueue(added);
        return true;
    }

    /// <summary>Notes that the sender of a query knows a record.</summary>
    /// <returns>Whether we know it too.</returns>
    public bool NoteKnown(in DnsRecordView known, int query)
    {
        if (!_entries.GetAlternateLookup<DnsNameView>().TryGetValue(known.Name, out List<CacheEntry>? named))
            return false;
        foreach (CacheEntry entry in named)
        {
            if (!entry.Record.IsSameAs(known))
                continue;
            entry.KnownInQuery = query;
            return true;
        }
        return false;
    }

    /// <summary>RFC 6762 10.5: a question, to which what the asker neither knows nor holds should be heard as an answer.</summary>
    public void Doubt(in DnsQuestionView question, int query, PeerEndPoint asker, TimeSpan now)
    {
        if (!_entries.GetAlternateLookup<DnsNameView>().TryGetValue(question.Name, out List<CacheEntry>? named))
            return;
        foreach (CacheEntry entry in named)
            if (question.Asks(entry.Record.Type) && entry.KnownInQuery != query && entry.Source != asker.AddressKey && entry.Doubt(now))
                Enqueue(entry);
    }

    /// <summary>Another link of the same interface has heard that a record is no more: it is soon asked for here too, and gone if nobody answers.</summary>
    /// <param name="view">What was heard there.</param>
    /// <param name="whole">What is known there, if that is the whole set: then none of the name and type that it does not hold may live on here. Null if it is about that very record.</param>
    /// <param name="now">The time.</param>
    public void Reconfirm(in DnsRecordView view, RecordCache? whole, TimeSpan now)
    {
        if (!_entries.GetAlternateLookup<DnsNameView>().TryGetValue(view.Name, out List<CacheEntry>? named))
            return;
        foreach (CacheEntry entry in named)
        {
            bool isMeant = view.Ttl == 0 && entry.Record.IsSameAs(view)
                || whole is not null && entry.Record.Type == view.Type && now - entry.Received > MdnsTiming.Grace && !whole.Holds(entry.Record);
            if (isMeant && entry.Reconfirm(now))
                Enqueue(entry);
        }
    }

    private bool Holds(DnsRecord record)
    {
        foreach (CacheEntry entry in Named(record.Name))
            if (!entry.IsDoomed && entry.Record.IsSameAs(record))
                return true;
        return false;
    }

    /// <summary>Takes the next entry whose time has come, out of the cache if it is over.</summary>
    /// <param name="now">The time.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="isOver">Whether it is no longer in the cache; otherwise it is to be asked for again.</param>
    /// <returns>False when there is none.</returns>
    public bool TryTakeEvent(TimeSpan now, out CacheEntry entry, out bool isOver)
    {
        while (_events.TryPeek(out CacheEntry? next, out TimeSpan at) && at <= now)
        {
            _events.Dequeue();
            if (next.IsRemoved || next.NextEvent != at)
                continue;
            entry = next;
            isOver = next.IsOver(now);
            if (isOver)
            {
                Remove(next);
                return true;
            }
            bool isRefresh = next.Advance(now, random);
            Enqueue(next);
            if (isRefresh)
                return true;
        }
        entry = null!;
        isOver = false;
        return false;
    }

    /// <summary>Forgets everything and gives it.</summary>
    public List<CacheEntry> Clear()
    {
        List<CacheEntry> all = [.. _entries.Values.SelectMany(static named => named)];
        _entries.Clear();
        _bySource.Clear();
        _events.Clear();
        Count = 0;
        return all;
    }

    /// <summary>RFC 6762 10.2: this is the whole set, so what is older than a second is none of it.</summary>
    private bool Flush(List<CacheEntry> named, in DnsRecordView view, TimeSpan now)
    {
        bool isChanged = false;
        foreach (CacheEntry entry in named)
        {
            if (entry.Record.Type != view.Type || entry.Record.Class != view.Class || entry.IsDoomed || now - entry.Received <= MdnsTiming.Grace || entry.Record.IsSameAs(view))
                continue;
            entry.Doom(now);
            Enqueue(entry);
            isChanged = true;
        }
        return isChanged;
    }

    private void Remove(CacheEntry entry)
    {
        entry.IsRemoved = true;
        List<CacheEntry> named = _entries[entry.Record.Name];
        named.Remove(entry);
        if (named.Count == 0)
            _entries.Remove(entry.Record.Name);
        if (--CollectionsMarshal.GetValueRefOrNullRef(_bySource, entry.Source) == 0)
            _bySource.Remove(entry.Source);
        Count--;
    }

    private void Enqueue(CacheEntry entry)
    {
        // A record repeated in every datagram leaves a void queue entry each time; sweep them before they pile up.
        if (_events.Count > 64 + 4 * Count)
        {
            _events.Clear();
            foreach (List<CacheEntry> named in _entries.Values)
                foreach (CacheEntry other in named)
                    if (other != entry)
                        _events.Enqueue(other, other.NextEvent);
        }
        _events.Enqueue(entry, entry.NextEvent);
    }

    private static TimeSpan LifeOf(uint ttl) => ttl > LongestLife.TotalSeconds ? LongestLife : TimeSpan.FromSeconds(ttl);
}
