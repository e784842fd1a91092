using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <content>What goes out.</content>
internal sealed partial class Responder
{
    private const ushort ResponseFlags = DnsHeader.Response | DnsHeader.Authoritative;

    private readonly List<OwnRecord> _written = [];
    private int _packet;

    /// <summary>Writes the next datagram that is due.</summary>
    /// <param name="buffer">Where it is written.</param>
    /// <param name="now">The time.</param>
    /// <param name="destination">Where it goes; null for everybody.</param>
    /// <returns>Its length; 0 when there is none.</returns>
    public int PollTransmit(Span<byte> buffer, TimeSpan now, out PeerEndPoint? destination)
    {
        destination = null;
        for (int i = 0; i < _replies.Count;)
        {
            UnicastReply reply = _replies[i];
            if (reply.Due > now)
            {
                i++;
                continue;
            }
            int written = reply.Answers.Count == 0 ? 0 : WriteReply(reply, buffer, now);
            if (reply.Answers.Count == 0)
                _replies.RemoveAt(i);
            if (written == 0)
                continue;
            destination = reply.To;
            return written;
        }
        int length = WriteProbes(buffer);
        if (length == 0)
            length = WriteResponse(buffer, now);
        return length > 0 ? length : WriteGoodbyes(buffer);
    }

    private int WriteReply(UnicastReply reply, Span<byte> buffer, TimeSpan now)
    {
        bool isLegacy = reply.LegacyQuestions is not null;
        DnsWriter writer = new(buffer[..options.MaxDatagram], reply.Id, ResponseFlags, isMulticast: !isLegacy);
        if (reply.LegacyQuestions is not null)
            foreach ((DnsName name, DnsType type) in reply.LegacyQuestions)
                writer.TryWriteQuestion(name, type);
        _packet++;
        _written.Clear();
        int count = 0;
        while (count < reply.Answers.Count && TryWrite(ref writer, DnsSection.Answer, reply.Answers[count], isLegacy))
            count++;
        // 6.7, 18.5: a resolver of old takes one datagram, and is told that there is more; others get that in the next.
        if (isLegacy && count < reply.Answers.Count)
            writer.SetTruncated();
        reply.Answers.RemoveRange(0, isLegacy || count == 0 ? reply.Answers.Count : count);
        WriteAdditionals(ref writer, isLegacy, now, isMulticast: false);
        return writer.Length;
    }

    private int WriteProbes(Span<byte> buffer)
    {
        if (!_sets.Exists(static set => set.IsProbeDue))
            return 0;
        DnsWriter writer = new(buffer[..options.MaxDatagram], 0, 0, isMulticast: true);
        List<RecordSet> probed = [];
        int room = options.MaxDatagram - DnsHeader.Size;
        foreach (RecordSet set in _sets)
        {
            if (!set.IsProbeDue)
                continue;
            // The questions precede all the claims, so what they will need is reckoned without compression.
            foreach (DnsRecord claim in set.Claims())
                room -= claim.Name.Length + DnsReader.FixedRecordSize + claim.Data.Length;
            room -= set.Name.Length + 4;
            if (probed.Count > 0 && room < 0)
                break;
            probed.Add(set);
            writer.TryWriteQuestion(set.Name, DnsType.Any, wantsUnicast: !link.Node.IsPortShared);
        }
        foreach (RecordSet set in probed)
        {
            set.IsProbeDue = false;
            foreach (OwnRecord record in set.Records)
                if (record is { IsUnique: true, IsNegative: false })
                    writer.TryWrite(DnsSection.Authority, record.Record, record.Ttl);
        }
        return writer.Length;
    }

    private int WriteResponse(Span<byte> buffer, TimeSpan now)
    {
        if (!IsAnyDue(now))
            return 0;
        DnsWriter writer = new(buffer[..options.MaxDatagram], 0, ResponseFlags, isMulticast: true);
        _packet++;
        _written.Clear();
        for (int i = 0; i < _pending.Count; i++)
            if (_pending[i].Due <= now && !TryWrite(ref writer, DnsSection.Answer, _pending[i], isLegacy: false))
                break;
        foreach (OwnRecord record in _written)
        {
            Cancel(record);
            record.LastMulticast = now;
        }
        WriteAdditionals(ref writer, isLegacy: false, now, isMulticast: true);
        return writer.IsEmpty ? 0 : writer.Length;
    }

    private bool IsAnyDue(TimeSpan now)
    {
        foreach (OwnRecord record in _pending)
            if (record.Due <= now)
                return true;
        return false;
    }

    private int WriteGoodbyes(Span<byte> buffer)
    {
        if (_goodbyes.Count == 0)
            return 0;
        DnsWriter writer = new(buffer[..options.MaxDatagram], 0, ResponseFlags, isMulticast: true);
        int written = 0;
        while (written < _goodbyes.Count && writer.TryWrite(DnsSection.Answer, _goodbyes[written].Record, ttl: 0, _goodbyes[written].IsUnique))
            written++;
        _goodbyes.RemoveRange(0, written);
        return writer.Length;
    }

    private bool TryWrite(ref DnsWriter writer, DnsSection section, OwnRecord record, bool isLegacy)
    {
        // 6.7: a resolver of old knows neither the bit nor long lives without a cache to flush.
        if (!writer.TryWrite(section, record.Record, isLegacy ? Math.Min(record.Ttl, MdnsTiming.LegacyTtl) : record.Ttl, record.IsUnique && !isLegacy))
            return false;
        record.Packet = _packet;
        _written.Add(record);
        return true;
    }

    /// <summary>RFC 6763 12: what the asker would ask next, as far as there is room.</summary>
    private void WriteAdditionals(ref DnsWriter writer, bool isLegacy, TimeSpan now, bool isMulticast)
    {
        // The list grows as an SRV record brings in its addresses.
        for (int i = 0; i < _written.Count; i++)
        {
            DnsRecord record = _written[i].Record;
            DnsName? next = record.Type is DnsType.Ptr or DnsType.Srv ? record.Target : record.Type is DnsType.A or DnsType.Aaaa or DnsType.Nsec ? record.Name : null;
            if (next is null || !_records.TryGetValue(next, out List<OwnRecord>? named))
                continue;
            foreach (OwnRecord other in named)
            {
                if (!other.IsUnique || !other.IsActive || other.Packet == _packet || (other.IsNegative && !SaysNoAddress(other))
                    || (isMulticast && now - other.LastMulticast < MdnsTiming.RecordInterval))
                {
                    continue;
                }
                if (!TryWrite(ref writer, DnsSection.Additional, other, isLegacy))
                    return;
                if (!isMulticast)
                    continue;
                Cancel(other);
                other.LastMulticast = now;
            }
        }
    }

    /// <summary>RFC 6762 6.1: worth saying of a host that has no address of one family.</summary>
    private bool SaysNoAddress(OwnRecord negative) =>
        _records[negative.Record.Name].Exists(static record => record.Record.Type is DnsType.A or DnsType.Aaaa)
        && !(_records[negative.Record.Name].Exists(static record => record.Record.Type == DnsType.A) && _records[negative.Record.Name].Exists(static record => record.Record.Type == DnsType.Aaaa));
}
