using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <content>What others say about our names (RFC 6762 6.6, 7.4, 8.2, 9).</content>
internal sealed partial class Responder
{
    /// <summary>Takes one record of a response.</summary>
    /// <param name="view">The record.</param>
    /// <param name="viaMulticast">Whether all have heard it.</param>
    /// <param name="now">The time.</param>
    /// <returns>The published name that has to be given up, if it has come to that.</returns>
    public Published? HandleRecord(in DnsRecordView view, bool viaMulticast, TimeSpan now)
    {
        if (!_records.GetAlternateLookup<DnsNameView>().TryGetValue(view.Name, out List<OwnRecord>? named) || !view.IsDataValid)
            return null;
        foreach (OwnRecord record in named)
        {
            if (!record.Record.IsSameAs(view))
                continue;
            if (record.IsActive && viaMulticast)
                HandleSame(record, view.Ttl, now);
            return null;
        }
        if (view.Ttl == 0 || view.Type == DnsType.Nsec || view.Class != DnsClass.Internet)
            return null;
        foreach (OwnRecord record in named)
        {
            if (!record.IsUnique || record.IsNegative || (record.IsActive && record.Record.Type != view.Type) || link.Node.IsOwn(view))
                continue;
            RecordSet set = record.Sets[0];
            if (!set.IsActive)
                return set.IsContested ? null : set.Published;
            // 9: back to the start, where a probe brings the winner to light.
            foreach (OwnRecord own in set.Records)
                Cancel(own);
            set.Contest(now + set.Published.NoteConflict(now) + random.Between(TimeSpan.Zero, MdnsTiming.ProbeInterval));
            return null;
        }
        return null;
    }

    /// <summary>Whether we have that very record on this link.</summary>
    public bool Has(in DnsRecordView view)
    {
        if (!_records.GetAlternateLookup<DnsNameView>().TryGetValue(view.Name, out List<OwnRecord>? named))
            return false;
        foreach (OwnRecord record in named)
            if (record.Record.IsSameAs(view))
                return true;
        return false;
    }

    private void HandleSame(OwnRecord record, uint ttl, TimeSpan now)
    {
        if (ttl < record.Ttl / 2)
        {
            // 6.6: others must not forget what we still have.
            Schedule(record, record.IsUnique ? now : JoinedDelay(now), null, MdnsTiming.RecordInterval);
        }
        else if (ttl >= record.Ttl)
        {
            // 7.4: said by somebody else, so there is no need to say it again.
            Cancel(record);
            record.LastMulticast = now;
        }
    }

    private void CollectRival(in DnsRecordView view, ref Dictionary<RecordSet, List<DnsRecord>>? rivals)
    {
        if (!_records.GetAlternateLookup<DnsNameView>().TryGetValue(view.Name, out List<OwnRecord>? named))
            return;
        foreach (OwnRecord record in named)
        {
            if (!record.IsUnique || record.Sets[0] is not { IsActive: false, ProbesSent: > 0 } set || link.Node.IsOwn(view) || !DnsRecord.TryCreate(view, out DnsRecord? rival))
                continue;
            rivals ??= [];
            if (!rivals.TryGetValue(set, out List<DnsRecord>? claims))
                rivals.Add(set, claims = []);
            claims.Add(rival);
            return;
        }
    }
}
