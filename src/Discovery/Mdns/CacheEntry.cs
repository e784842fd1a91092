using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>A record of another host, and how long to believe it.</summary>
internal sealed class CacheEntry(DnsRecord record, PeerEndPoint source)
{
    /// <summary>RFC 6762 5.2: asked again at 80, 85, 90 and 95 per cent of its life, and up to two more by chance.</summary>
    private const int FirstRefresh = 80, RefreshStep = 5, LastRefresh = 95;

    private int _refreshPercent;
    private TimeSpan _doubtedUntil = TimeSpan.MaxValue;
    private TimeSpan _doubtStep;
    private TimeSpan _nextRefresh;
    private int _unanswered;

    public DnsRecord Record { get; } = record;

    /// <summary>Who counts for it.</summary>
    public PeerEndPoint Source { get; } = source;

    public TimeSpan FirstReceived { get; private init; }

    public TimeSpan Received { get; private set; }

    public TimeSpan Expires { get; private set; }

    public TimeSpan Life { get; private set; }

    /// <summary>Whether it has been withdrawn or replaced, and only the grace is left.</summary>
    public bool IsDoomed { get; private set; }

    public bool IsRemoved { get; set; }

    /// <summary>The last query whose sender said that it knows the record.</summary>
    public int KnownInQuery { get; set; }

    /// <summary>When it is to be looked at again. What the cache's queue holds for another time is void.</summary>
    public TimeSpan NextEvent { get; private set; }

    /// <summary>Whether more than half of its life is left, so that it is a known answer (RFC 6762 7.1).</summary>
    public bool IsKnownAnswer(TimeSpan now) => !IsDoomed && !IsDoubted && Expires - now > Life / 2;

    /// <summary>Whether it is more to be believed than another.</summary>
    public bool IsNewerThan(CacheEntry? other) => other is null || (IsDoomed == other.IsDoomed ? Received >= other.Received : other.IsDoomed);

    /// <summary>Starts its life anew.</summary>
    public void Refresh(TimeSpan life, TimeSpan now, Random random)
    {
        (Life, Received, Expires) = (life, now, now + life);
        IsDoomed = false;
        _refreshPercent = FirstRefresh;
        _unanswered = 0;
        _doubtedUntil = TimeSpan.MaxValue;
        Plan(random);
    }

    /// <summary>Leaves it a second to live (RFC 6762 10.1, 10.2).</summary>
    public void Doom(TimeSpan now)
    {
        if (IsDoomed)
            return;
        IsDoomed = true;
        Expires = Min(Expires, now + MdnsTiming.Grace);
        NextEvent = Expires;
    }

    private bool IsDoubted => _doubtedUntil != TimeSpan.MaxValue;

    /// <summary>Somebody asks for it. If that was in vain twice, we ask too; if nobody answers then, it is gone (RFC 6762 10.5).</summary>
    /// <returns>Whether <see cref="NextEvent"/> has changed.</returns>
    public bool Doubt(TimeSpan now)
    {
        if (IsDoomed || IsDoubted || ++_unanswered < 2)
            return false;
        _doubtedUntil = now + MdnsTiming.FailureWindow;
        _doubtStep = MdnsTiming.ReconfirmInterval;
        NextEvent = _nextRefresh = now;
        return true;
    }

    /// <summary>It may be gone: unless it is withdrawn or confirmed in the meantime we ask in a moment, and if nobody answers it is.</summary>
    /// <returns>Whether <see cref="NextEvent"/> has changed.</returns>
    public bool Reconfirm(TimeSpan now)
    {
        if (IsDoomed || IsDoubted)
            return false;
        _doubtedUntil = now + MdnsTiming.ReconfirmWindow;
        _doubtStep = MdnsTiming.FirstQueryInterval;
        NextEvent = _nextRefresh = now + MdnsTiming.ReconfirmDelay;
        return true;
    }

    /// <summary>Whether its time has come.</summary>
    public bool IsOver(TimeSpan now) => now >= Expires || now >= _doubtedUntil;

    /// <summary>Goes on to the next event.</summary>
    /// <returns>Whether this one was the moment to ask for the record again.</returns>
    public bool Advance(TimeSpan now, Random random)
    {
        bool isRefresh = now >= _nextRefresh;
        if (IsDoubted)
        {
            _nextRefresh = now + _doubtStep;
            _doubtStep *= 2;
            NextEvent = Min(Min(_nextRefresh, _doubtedUntil), Expires);
            return isRefresh;
        }
        if (isRefresh)
            _refreshPercent += RefreshStep;
        Plan(random);
        return isRefresh;
    }

    private void Plan(Random random)
    {
        _nextRefresh = _refreshPercent > LastRefresh || IsDoomed ? TimeSpan.MaxValue : Received + Life * ((_refreshPercent + 2 * random.NextDouble()) / 100);
        NextEvent = Min(_nextRefresh, Expires);
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    public static CacheEntry Create(DnsRecord record, PeerEndPoint source, TimeSpan life, TimeSpan now, Random random)
    {
        CacheEntry entry = new(record, source) { FirstReceived = now };
        entry.Refresh(life, now, random);
        return entry;
    }
}
