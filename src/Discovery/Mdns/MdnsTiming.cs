namespace Discovery.Mdns;

/// <summary>The numbers of RFC 6762, each with its section.</summary>
internal static class MdnsTiming
{
    /// <summary>10: records that name a host, or are named by one.</summary>
    public const uint HostTtl = 120;

    /// <summary>10: all others.</summary>
    public const uint OtherTtl = 4500;

    /// <summary>6.7: the longest that a resolver which knows nothing of mDNS may keep an answer.</summary>
    public const uint LegacyTtl = 10;

    /// <summary>8.1.</summary>
    public const int Probes = 3;

    /// <summary>8.3.</summary>
    public const int Announcements = 2;

    /// <summary>8.1: so many conflicts in <see cref="ConflictWindow"/> make every further attempt wait for <see cref="ConflictPause"/>, until there has been none for <see cref="ConflictRest"/>.</summary>
    public const int ConflictBurst = 15;

    /// <summary>8.1.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>8.2: how long the loser of a tie-break waits.</summary>
    public static readonly TimeSpan ProbeDefer = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan ConflictWindow = TimeSpan.FromSeconds(10), ConflictPause = TimeSpan.FromSeconds(5), ConflictRest = TimeSpan.FromSeconds(60);

    /// <summary>8.3.</summary>
    public static readonly TimeSpan AnnouncementInterval = TimeSpan.FromSeconds(1);

    /// <summary>6: a record is multicast no more often, but for the defence against a probe.</summary>
    public static readonly TimeSpan RecordInterval = TimeSpan.FromSeconds(1), DefenceInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>6: the delay of an answer that others may give too; 5.2: the delay of a first question.</summary>
    public static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(20), LongestDelay = TimeSpan.FromMilliseconds(120);

    /// <summary>7.2: the delay while more known answers follow.</summary>
    public static readonly TimeSpan ShortestTruncatedDelay = TimeSpan.FromMilliseconds(400), LongestTruncatedDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>5.2.</summary>
    public static readonly TimeSpan FirstQueryInterval = TimeSpan.FromSeconds(1), LongestQueryInterval = TimeSpan.FromMinutes(60);

    /// <summary>How long a question for a record that grows old may wait for others like it.</summary>
    public static readonly TimeSpan RefreshJoin = TimeSpan.FromMilliseconds(500);

    /// <summary>10.1, 10.2: what is withdrawn or replaced is kept that long.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>When what could not be sent is begun anew: at first soon, for an interface that has just come up may not have settled its addresses yet.</summary>
    public static readonly TimeSpan FirstSendRetry = TimeSpan.FromSeconds(1), SendRetry = TimeSpan.FromSeconds(5);

    /// <summary>10.5: an answer that two askers did not get is forgotten after that time.</summary>
    public static readonly TimeSpan FailureWindow = TimeSpan.FromSeconds(10);

    /// <summary>How long after our own first attempt at a doubtful record the second follows; doubles.</summary>
    public static readonly TimeSpan ReconfirmInterval = TimeSpan.FromSeconds(3);

    /// <summary>When it is asked for what has been withdrawn over the other family of an interface, unless that is withdrawn here too; and when it is gone.</summary>
    public static readonly TimeSpan ReconfirmDelay = TimeSpan.FromMilliseconds(500), ReconfirmWindow = TimeSpan.FromSeconds(4);

    /// <summary>5.4: how long after a question an answer may come by unicast.</summary>
    public static readonly TimeSpan UnicastAnswerWindow = TimeSpan.FromSeconds(2);

    public static TimeSpan Between(this Random random, TimeSpan shortest, TimeSpan longest) => shortest + (longest - shortest) * random.NextDouble();
}
