using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>The half of a link that asks, and remembers what it has heard (RFC 6762 5, 7, 10).</summary>
internal sealed class Querier(MdnsLink link, MdnsOptions options, Random random)
{
    private readonly Dictionary<(DnsName Name, DnsType Type), Question> _questions = [];
    private readonly Queue<(DnsRecord Record, TimeSpan Expires, CacheEntry? Heard)> _knownAnswers = [];
    private readonly List<Question> _asked = [];
    private TimeSpan _unicastUntil = TimeSpan.MinValue;
    private TimeSpan _nextQuestion;
    private bool _isNextKnown;
    private int _query;

    public RecordCache Cache { get; } = new(options, random);

    /// <summary>Whether a question has been asked just now that may be answered by unicast.</summary>
    public bool AwaitsUnicast(TimeSpan now) => now <= _unicastUntil;

    public TimeSpan NextTimeout
    {
        get
        {
            TimeSpan next = _knownAnswers.Count > 0 ? TimeSpan.Zero : Cache.NextEvent;
            return NextQuestion < next ? NextQuestion : next;
        }
    }

    /// <summary>When the first question is due: looked for again only when one has changed, for this is asked after every datagram.</summary>
    private TimeSpan NextQuestion
    {
        get
        {
            if (!_isNextKnown)
            {
                _nextQuestion = TimeSpan.MaxValue;
                foreach (Question question in _questions.Values)
                    _nextQuestion = question.Next < _nextQuestion ? question.Next : _nextQuestion;
                _isNextKnown = true;
            }
            return _nextQuestion;
        }
    }

    /// <summary>Asks from now on, unless that is asked already.</summary>
    public void Ask(DnsName name, DnsType type, QuestionKind kind, TimeSpan now)
    {
        _isNextKnown = false;
        if (!_questions.TryGetValue((name, type), out Question? question))
            _questions.Add((name, type), new(name, type, kind, JoinedDelay(now + MdnsTiming.ShortestDelay, now + MdnsTiming.LongestDelay)));
        else if (kind < question.Kind)
            question.Kind = kind;
    }

    /// <summary>Asks once more for a record that grows old, together with others that do.</summary>
    public void AskAgain(CacheEntry entry, TimeSpan now)
    {
        _isNextKnown = false;
        TimeSpan latest = entry.Life / 200 < MdnsTiming.RefreshJoin ? entry.Life / 200 : MdnsTiming.RefreshJoin;
        TimeSpan next = JoinedDelay(now, now + latest);
        (DnsName, DnsType) key = (entry.Record.Name, entry.Record.Type);
        if (!_questions.TryGetValue(key, out Question? question))
            _questions.Add(key, new(entry.Record.Name, entry.Record.Type, QuestionKind.Once, next));
        else if (next < question.Next)
            question.Next = next;
    }

    /// <summary>What was to be asked could not be: begins anew, and does not wait as long as between questions that nobody has answered.</summary>
    public void Retry(TimeSpan at)
    {
        _isNextKnown = false;
        foreach (Question question in _questions.Values)
            question.Restart(at);
    }

    public void Stop(DnsName name, DnsType type)
    {
        _isNextKnown = false;
        _questions.Remove((name, type));
    }

    /// <summary>Takes a query of another host that has gone to everybody.</summary>
    public void HandleQuery(ReadOnlySpan<byte> message, in PeerEndPoint source, TimeSpan now)
    {
        if (!DnsReader.TryCreate(message, out DnsReader reader) || reader.Header.Questions == 0 || reader.Header.IsTruncated)
            return;
        _query++;
        bool knowsMore = false;
        while (reader.TryReadRecord(out DnsRecordView record))
            if (record.Section == DnsSection.Answer)
                knowsMore |= !Cache.NoteKnown(record, _query) && !link.Responder.Has(record);
        DnsReader.TryCreate(message, out reader);
        while (reader.TryReadQuestion(out DnsQuestionView question))
        {
            if (question.WantsUnicast || !question.IsInternet)
                continue;
            Cache.Doubt(question, _query, source, now);
            if (!knowsMore)
                Suppress(question, now);
        }
    }

    /// <summary>Writes the next datagram that is due.</summary>
    /// <returns>Its length; 0 when there is none.</returns>
    public int PollTransmit(Span<byte> buffer, TimeSpan now)
    {
        if (_knownAnswers.Count == 0 && NextQuestion > now)
            return 0;
        DnsWriter writer = new(buffer[..options.MaxDatagram], 0, 0, isMulticast: true);
        if (_knownAnswers.Count == 0)
            WriteQuestions(ref writer, now);
        while (_knownAnswers.TryPeek(out (DnsRecord Record, TimeSpan Expires, CacheEntry? Heard) known))
        {
            // 7.1: the rest of the life, as the asker sees it.
            if (known.Heard is not { IsRemoved: true } && !writer.TryWrite(DnsSection.Answer, known.Record, (uint)Math.Max(0, (known.Expires - now).TotalSeconds)))
            {
                writer.SetTruncated();
                break;
            }
            _knownAnswers.Dequeue();
        }
        return writer.IsEmpty ? 0 : writer.Length;
    }

    private void WriteQuestions(ref DnsWriter writer, TimeSpan now)
    {
        _asked.Clear();
        _isNextKnown = false;
        foreach (Question question in _questions.Values)
        {
            if (question.Next > now)
                continue;
            if (question.Kind == QuestionKind.UntilAnswered && !link.Node.Browser.IsMissing(link, question))
            {
                _questions.Remove((question.Name, question.Type));
                continue;
            }
            if (!writer.TryWriteQuestion(question.Name, question.Type, question.WantsUnicast && !link.Node.IsPortShared))
                break;
            _asked.Add(question);
        }
        foreach (Question question in _asked)
        {
            if (question.WantsUnicast)
                _unicastUntil = now + MdnsTiming.UnicastAnswerWindow;
            question.Asked(now);
            if (question.Kind == QuestionKind.Once)
                _questions.Remove((question.Name, question.Type));
            if (question.Type != DnsType.Ptr)
                continue;
            foreach (CacheEntry entry in Cache.Named(question.Name))
                if (entry.Record.Type == question.Type && entry.IsKnownAnswer(now))
                    _knownAnswers.Enqueue((entry.Record, entry.Expires, entry));
            // We do not answer ourselves; whoever lacks our own answer must not take this for its own question (7.3).
            foreach (OwnRecord own in link.Responder.Named(question.Name))
                if (own.Record.Type == question.Type && own.IsActive)
                    _knownAnswers.Enqueue((own.Record, now + TimeSpan.FromSeconds(own.Ttl), null));
        }
    }

    private void Suppress(in DnsQuestionView theirs, TimeSpan now)
    {
        foreach (Question question in _questions.Values)
        {
            if (question.Type != theirs.Type || !question.IsImminent(now) || !theirs.Name.Equals(question.Name.View))
                continue;
            _isNextKnown = false;
            question.Asked(now);
            if (question.Kind == QuestionKind.Once)
                _questions.Remove((question.Name, question.Type));
            return;
        }
    }

    /// <summary>Questions that are due at about the same time travel together.</summary>
    private TimeSpan JoinedDelay(TimeSpan earliest, TimeSpan latest)
    {
        foreach (Question question in _questions.Values)
            if (question.Next >= earliest && question.Next <= latest)
                return question.Next;
        return random.Between(earliest, latest);
    }
}
