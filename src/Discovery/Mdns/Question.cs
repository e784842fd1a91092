using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>How long a question is asked.</summary>
internal enum QuestionKind
{
    /// <summary>Again and again, because there may always be one more answer.</summary>
    Continuous,

    /// <summary>Until there is an answer.</summary>
    UntilAnswered,

    /// <summary>Once, to keep an answer from growing old.</summary>
    Once,
}

/// <summary>Something to ask on a link.</summary>
internal sealed class Question(DnsName name, DnsType type, QuestionKind kind, TimeSpan next)
{
    private TimeSpan _interval;

    public DnsName Name { get; } = name;

    public DnsType Type { get; } = type;

    public QuestionKind Kind { get; set; } = kind;

    public TimeSpan Next { get; set; } = next;

    /// <summary>RFC 6762 5.4: who has just begun has missed what was said to all, and may be told alone.</summary>
    public bool WantsUnicast => _interval == TimeSpan.Zero && Kind != QuestionKind.Once;

    /// <summary>RFC 6762 5.2: the intervals at least double.</summary>
    public void Asked(TimeSpan now)
    {
        _interval = _interval == TimeSpan.Zero ? MdnsTiming.FirstQueryInterval
            : _interval * 2 < MdnsTiming.LongestQueryInterval ? _interval * 2 : MdnsTiming.LongestQueryInterval;
        Next = now + _interval;
    }

    /// <summary>Begins anew.</summary>
    public void Restart(TimeSpan at) => (_interval, Next) = (TimeSpan.Zero, at);

    /// <summary>RFC 6762 7.3: whether it was about to be asked, so that the same question of another host makes it superfluous.</summary>
    public bool IsImminent(TimeSpan now) => Next - now <= (_interval == TimeSpan.Zero ? MdnsTiming.FirstQueryInterval : _interval / 2);
}
