using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>The half of a link that answers: claims names, announces, replies, says goodbye (RFC 6762 6, 8 to 10).</summary>
internal sealed partial class Responder(MdnsLink link, MdnsOptions options, Random random)
{
    private readonly Dictionary<DnsName, List<OwnRecord>> _records = new(DnsNameComparer.Instance);
    private readonly List<RecordSet> _sets = [];
    private readonly List<(DnsRecord Record, bool IsUnique)> _goodbyes = [];

    /// <summary>Starts to claim a name, or to announce it when there can be no doubt.</summary>
    public void Add(Published published, TimeSpan pause, TimeSpan now)
    {
        RecordSet set = new(published);
        _sets.Add(set);
        foreach (OwnRecord record in published.Records(link))
            Attach(set, record);
        if (published.IsKnownUnique)
            set.Announce(JoinedStart(set, now + MdnsTiming.ShortestDelay, now + MdnsTiming.LongestDelay));
        else
            set.Probe(JoinedStart(set, now + pause, now + pause + MdnsTiming.ProbeInterval));
    }

    /// <summary>Gives a name up.</summary>
    /// <param name="published">What it is about.</param>
    /// <param name="sayGoodbye">Whether others are to forget it: not when another host has it now.</param>
    public void Remove(Published published, bool sayGoodbye)
    {
        if (Find(published) is not { } set)
            return;
        _sets.Remove(set);
        foreach (OwnRecord record in set.Records)
            Detach(set, record, sayGoodbye && set.IsActive);
    }

    /// <summary>Takes over what has changed in what a name holds, and tells everybody.</summary>
    public void Refresh(Published published, TimeSpan now)
    {
        if (Find(published) is not { } set)
            return;
        List<OwnRecord> old = [.. set.Records];
        set.Records.Clear();
        foreach (OwnRecord record in published.Records(link))
            Attach(set, old.Find(known => known.Record.IsSameAs(record.Record)) ?? record);
        foreach (OwnRecord record in old)
            if (!set.Records.Contains(record))
                // The new record of a unique set flushes the old one; one that has no successor must be called off.
                Detach(set, record, set.IsActive && !(record.IsUnique && set.Records.Exists(other => other.Record.Type == record.Record.Type)));
        if (set.IsActive)
            set.Announce(now);
    }

    /// <summary>What was to be said could not be.</summary>
    public void Retry(TimeSpan at)
    {
        foreach (RecordSet set in _sets)
            set.Retry(at);
    }

    /// <summary>What we have of a name, claimed or still to be.</summary>
    public IReadOnlyList<OwnRecord> Named(DnsName name) => _records.TryGetValue(name, out List<OwnRecord>? named) ? named : [];

    /// <summary>How far a name has come: null when it is not here.</summary>
    public RecordSet? Find(Published published) => _sets.Find(set => set.Published == published);

    /// <summary>Whether a name is being claimed, so that its holder may object by unicast.</summary>
    public bool IsClaiming => _sets.Exists(static set => !set.IsActive);

    public TimeSpan NextTimeout
    {
        get
        {
            TimeSpan next = _goodbyes.Count > 0 ? TimeSpan.Zero : TimeSpan.MaxValue;
            foreach (RecordSet set in _sets)
                next = set.IsProbeDue ? TimeSpan.Zero : set.NextStep < next ? set.NextStep : next;
            foreach (OwnRecord record in _pending)
                next = record.Due < next ? record.Due : next;
            foreach (UnicastReply reply in _replies)
                next = reply.Due < next ? reply.Due : next;
            return next;
        }
    }

    public void HandleTimeout(TimeSpan now)
    {
        foreach (RecordSet set in _sets)
        {
            if (now < set.NextStep || !set.Step(now))
                continue;
            foreach (OwnRecord record in set.Records)
                if (!record.IsNegative)
                    Schedule(record, now, null, MdnsTiming.RecordInterval);
        }
    }

    /// <summary>What begins at about the same time begins together, and so travels in one datagram.</summary>
    private TimeSpan JoinedStart(RecordSet set, TimeSpan earliest, TimeSpan latest)
    {
        foreach (RecordSet other in _sets)
            if (other != set && other is { ProbesSent: 0, AnnouncementsSent: 0 } && other.NextStep >= earliest && other.NextStep <= latest)
                return other.NextStep;
        return random.Between(earliest, latest);
    }

    private void Attach(RecordSet set, OwnRecord record)
    {
        if (!_records.TryGetValue(record.Record.Name, out List<OwnRecord>? named))
            _records.Add(record.Record.Name, named = []);
        OwnRecord? same = named.Find(known => known.Record.IsSameAs(record.Record));
        if (same is null)
            named.Add(same = record);
        if (!same.Sets.Contains(set))
            same.Sets.Add(set);
        set.Records.Add(same);
    }

    private void Detach(RecordSet set, OwnRecord record, bool sayGoodbye)
    {
        record.Sets.Remove(set);
        if (record.Sets.Count > 0)
            return;
        List<OwnRecord> named = _records[record.Record.Name];
        named.Remove(record);
        if (named.Count == 0)
            _records.Remove(record.Record.Name);
        Cancel(record);
        foreach (UnicastReply reply in _replies)
            reply.Answers.Remove(record);
        if (sayGoodbye && !record.IsNegative)
            _goodbyes.Add((record.Record, record.IsUnique));
    }
}
