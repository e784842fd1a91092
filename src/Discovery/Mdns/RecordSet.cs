using Discovery.Encoding.Dns;

namespace Discovery.Mdns;

/// <summary>What one published name holds on one link, on its way from claimed to announced (RFC 6762 8).</summary>
internal sealed class RecordSet(Published published)
{
    private bool _wasContested;

    public Published Published { get; } = published;

    public List<OwnRecord> Records { get; } = [];

    public DnsName Name { get; } = published.Name;

    /// <summary>Whether nobody objected, so that the records may be given.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Whether others have said something else of an active name, and no probe has brought to light yet whose it is.</summary>
    public bool IsContested => _wasContested && ProbesSent == 0;

    /// <summary>Whether a probe is to be sent now.</summary>
    public bool IsProbeDue { get; set; }

    /// <summary>When the next probe or announcement is due.</summary>
    public TimeSpan NextStep { get; private set; } = TimeSpan.MaxValue;

    public int ProbesSent { get; private set; }

    public int AnnouncementsSent { get; private set; }

    /// <summary>Claims the name from then on.</summary>
    public void Probe(TimeSpan at)
    {
        IsActive = IsProbeDue = _wasContested = false;
        ProbesSent = 0;
        NextStep = at;
    }

    /// <summary>Claims an active name once more (RFC 6762 9).</summary>
    public void Contest(TimeSpan at)
    {
        Probe(at);
        _wasContested = true;
    }

    /// <summary>Announces what is here from then on, without a claim.</summary>
    public void Announce(TimeSpan at)
    {
        IsActive = true;
        AnnouncementsSent = 0;
        NextStep = at;
    }

    /// <summary>What was to be said could not be: it is begun anew from then on.</summary>
    public void Retry(TimeSpan at)
    {
        TimeSpan start = NextStep != TimeSpan.MaxValue && NextStep > at ? NextStep : at;
        if (IsActive)
            Announce(start);
        else
            Probe(start);
    }

    /// <summary>Takes the step that is due.</summary>
    /// <returns>Whether the records are to be announced now.</returns>
    public bool Step(TimeSpan now)
    {
        if (!IsActive && ProbesSent < MdnsTiming.Probes)
        {
            IsProbeDue = true;
            ProbesSent++;
            NextStep = now + MdnsTiming.ProbeInterval;
            return false;
        }
        if (!IsActive)
            Announce(now);
        NextStep = ++AnnouncementsSent < MdnsTiming.Announcements ? now + MdnsTiming.AnnouncementInterval : TimeSpan.MaxValue;
        return true;
    }

    /// <summary>The records that are claimed, in the order in which rival claims are compared.</summary>
    public List<DnsRecord> Claims()
    {
        List<DnsRecord> claims = [.. Records.Where(record => record is { IsUnique: true, IsNegative: false }).Select(static record => record.Record)];
        claims.Sort(DnsRecord.CompareForTieBreak);
        return claims;
    }

    /// <summary>RFC 6762 8.2: whether a rival's claim comes later in the order than ours, so that it wins.</summary>
    public bool LosesTo(List<DnsRecord> rival)
    {
        List<DnsRecord> mine = Claims();
        rival.Sort(DnsRecord.CompareForTieBreak);
        for (int i = 0; i < mine.Count && i < rival.Count; i++)
        {
            int order = DnsRecord.CompareForTieBreak(mine[i], rival[i]);
            if (order != 0)
                return order < 0;
        }
        return mine.Count < rival.Count;
    }
}
