using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <content>Questions of others, and when which answer is due (RFC 6762 5.4, 6, 7).</content>
internal sealed partial class Responder
{
    private const int MaxReplies = 256;

    private readonly List<OwnRecord> _pending = [];
    private readonly List<UnicastReply> _replies = [];
    private readonly List<OwnRecord> _multicast = [], _unicast = [];

    /// <summary>Takes a query.</summary>
    public void HandleQuery(ReadOnlySpan<byte> message, in PeerEndPoint source, bool viaMulticast, TimeSpan now)
    {
        if (!DnsReader.TryCreate(message, out DnsReader reader))
            return;
        bool isLegacy = source.Port != MdnsNode.Port, isProbe = reader.Header.Authorities > 0, isTruncated = reader.Header.IsTruncated && !isLegacy;
        // A reply to just any address would make us a tool of whoever forges it.
        bool mayReply = link.IsOnLink(source);
        if (isLegacy && !mayReply)
            return;
        _multicast.Clear();
        _unicast.Clear();
        while (reader.TryReadQuestion(out DnsQuestionView question))
            if (question.IsInternet)
                CollectAnswers(question, isLegacy || !viaMulticast, mayReply && question.WantsUnicast, isProbe, now);
        Dictionary<RecordSet, List<DnsRecord>>? rivals = null;
        while (reader.TryReadRecord(out DnsRecordView record))
        {
            if (record.Section == DnsSection.Answer)
                Suppress(record, reader.Header.Questions == 0 ? source : null);
            else if (record.Section == DnsSection.Authority && !isLegacy)
                CollectRival(record, ref rivals);
        }
        if (rivals is not null)
            foreach ((RecordSet set, List<DnsRecord> claims) in rivals)
                if (set.LosesTo(claims))
                    set.Probe(now + MdnsTiming.ProbeDefer);
        if (isTruncated)
            Postpone(source, now);
        bool isShared = _multicast.Exists(static record => !record.IsUnique) || _unicast.Exists(static record => !record.IsUnique);
        TimeSpan due = isTruncated ? now + random.Between(MdnsTiming.ShortestTruncatedDelay, MdnsTiming.LongestTruncatedDelay)
            : isProbe || !isShared ? now : JoinedDelay(now);
        foreach (OwnRecord record in _multicast)
            Schedule(record, due, source, isProbe ? MdnsTiming.DefenceInterval : MdnsTiming.RecordInterval);
        if (_unicast.Count == 0 || _replies.Count >= MaxReplies)
            return;
        UnicastReply reply = new(source, isLegacy ? now : due) { LegacyQuestions = isLegacy ? QuestionsOf(message) : null, Id = isLegacy ? reader.Header.Id : (ushort)0 };
        reply.Answers.AddRange(_unicast);
        _replies.Add(reply);
    }

    /// <summary>RFC 6762 6.7: a resolver of old wants its questions back, those with no answer here too.</summary>
    private static List<(DnsName, DnsType)> QuestionsOf(ReadOnlySpan<byte> message)
    {
        List<(DnsName, DnsType)> questions = [];
        DnsReader.TryCreate(message, out DnsReader reader);
        while (reader.TryReadQuestion(out DnsQuestionView question))
            if (question.IsInternet)
                questions.Add((DnsName.From(question.Name), question.Type));
        return questions;
    }

    /// <summary>Sorts what answers a question into what goes to all and what goes to the asker.</summary>
    private void CollectAnswers(in DnsQuestionView question, bool isUnicastOnly, bool wantsUnicast, bool isProbe, TimeSpan now)
    {
        if (!_records.GetAlternateLookup<DnsNameView>().TryGetValue(question.Name, out List<OwnRecord>? named))
            return;
        bool isAnswered = false;
        OwnRecord? negative = null;
        foreach (OwnRecord record in named)
        {
            if (!record.IsActive)
                continue;
            if (record.IsNegative && question.Type != DnsType.Nsec)
            {
                negative = record;
            }
            else if (question.Asks(record.Record.Type))
            {
                Collect(record);
                isAnswered = true;
            }
        }
        // RFC 6762 6.1: whoever owns the name knows what there is not.
        if (!isAnswered && negative is not null)
            Collect(negative);

        void Collect(OwnRecord record)
        {
            List<OwnRecord> answers = isUnicastOnly || (wantsUnicast && (isProbe || record.WasMulticastLately(now))) ? _unicast : _multicast;
            if (!answers.Contains(record))
                answers.Add(record);
        }
    }

    /// <summary>RFC 6762 7.1: what the asker knows, and will for half its life, is not told again.</summary>
    private void Suppress(in DnsRecordView known, PeerEndPoint? continued)
    {
        if (!_records.GetAlternateLookup<DnsNameView>().TryGetValue(known.Name, out List<OwnRecord>? named))
            return;
        foreach (OwnRecord record in named)
        {
            if (known.Ttl < record.Ttl / 2 || !record.Record.IsSameAs(known))
                continue;
            _multicast.Remove(record);
            _unicast.Remove(record);
            if (continued is not { } source)
                return;
            // 7.2: the known answers of a question that came in an earlier datagram.
            if (record.OnlyFor == source)
                Cancel(record);
            foreach (UnicastReply reply in _replies)
                if (reply.To == source)
                    reply.Answers.Remove(record);
            return;
        }
    }

    /// <summary>RFC 6762 7.2: still more known answers follow, so what this asker waits for waits too.</summary>
    private void Postpone(PeerEndPoint source, TimeSpan now)
    {
        TimeSpan until = now + random.Between(MdnsTiming.ShortestTruncatedDelay, MdnsTiming.LongestTruncatedDelay);
        foreach (OwnRecord record in _pending)
            if (record.OnlyFor == source && record.Due < until)
                record.Due = until;
        foreach (UnicastReply reply in _replies)
            if (reply.To == source && reply.Due < until)
                reply.Due = until;
    }

    /// <summary>RFC 6762 6.4: answers that are due at about the same time travel together.</summary>
    private TimeSpan JoinedDelay(TimeSpan now)
    {
        foreach (OwnRecord record in _pending)
            if (record.Due >= now + MdnsTiming.ShortestDelay && record.Due <= now + MdnsTiming.LongestDelay)
                return record.Due;
        return now + random.Between(MdnsTiming.ShortestDelay, MdnsTiming.LongestDelay);
    }

    private void Schedule(OwnRecord record, TimeSpan due, PeerEndPoint? onlyFor, TimeSpan interval)
    {
        if (due < record.LastMulticast + interval)
            due = record.LastMulticast + interval;
        if (record.Due == TimeSpan.MaxValue)
        {
            record.Due = due;
            record.OnlyFor = onlyFor;
            _pending.Add(record);
            return;
        }
        if (due < record.Due)
            record.Due = due;
        if (record.OnlyFor != onlyFor)
            record.OnlyFor = null;
    }

    private void Cancel(OwnRecord record)
    {
        if (record.Due == TimeSpan.MaxValue)
            return;
        record.Due = TimeSpan.MaxValue;
        record.OnlyFor = null;
        _pending.Remove(record);
    }
}
