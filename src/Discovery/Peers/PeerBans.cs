namespace Discovery.Peers;

/// <summary>Who broke the protocol, and for how long nobody listens to them. Bounded; not thread-safe.</summary>
/// <remarks>
/// The penalty P = Σ weight × 0.5^(age / 1 h), with 0.5 for a bad signature or a lie and 0.25 for a flood. At P ≥ 1, so at two lies within a minute or at one in every hour for long, the n-th ban begins: 10 min × 2^(n − 1),
/// at most a day, and P is 0 again. Who behaves for a day after a ban has a clean sheet. A key costs nothing, so this stops the careless and the broken; against many keys there is the address
/// (<see cref="Limits.FloodGuard"/>).
/// </remarks>
/// <param name="capacity">The most peers that are remembered: at least 1. Of those that are not banned the least guilty is forgotten first, then whose ban ends first.</param>
internal sealed class PeerBans(int capacity = 1024)
{
    public static readonly TimeSpan FirstBan = TimeSpan.FromMinutes(10), LongestBan = TimeSpan.FromDays(1), Memory = TimeSpan.FromDays(1);

    private const double Threshold = 1;

    private readonly Dictionary<PeerId, Sheet> _sheets = [];

    private readonly record struct Sheet(double Penalty, DateTimeOffset At, int Bans, DateTimeOffset Until)
    {
        public double PenaltyAt(DateTimeOffset now) => now > At ? Penalty * Math.Pow(0.5, (now - At) / PeerQuality.HalfLife) : Penalty;
    }

    /// <summary>How many are remembered.</summary>
    public int Count => _sheets.Count;

    /// <summary>Notes an offence.</summary>
    /// <returns>When the ban that it leads to ends; null when it leads to none.</returns>
    public DateTimeOffset? Note(in PeerId id, PeerOffence offence, DateTimeOffset now)
    {
        if (_sheets.TryGetValue(id, out Sheet sheet))
            sheet = IsClean(sheet, now) ? default : sheet;
        else if (_sheets.Count == capacity)
            Forget(now);
        double penalty = sheet.PenaltyAt(now) + Weigh(offence);
        bool bans = penalty >= Threshold - 0.01; // What decays between two halves in a row is not meant to save anybody.
        sheet = new(bans ? 0 : penalty, now, sheet.Bans + (bans ? 1 : 0), bans ? now + Length(sheet.Bans) : sheet.Until);
        _sheets[id] = sheet;
        return bans ? sheet.Until : null;
    }

    /// <summary>Whether nobody listens to this peer.</summary>
    public bool IsBanned(in PeerId id, DateTimeOffset now) => _sheets.Count > 0 && _sheets.TryGetValue(id, out Sheet sheet) && now < sheet.Until;

    private static double Weigh(PeerOffence offence) => offence == PeerOffence.Flood ? 0.25 : 0.5;

    private static TimeSpan Length(int earlier)
    {
        TimeSpan length = FirstBan * Math.Pow(2, Math.Min(earlier, 16));
        return length < LongestBan ? length : LongestBan;
    }

    private static bool IsClean(in Sheet sheet, DateTimeOffset now) => now - (sheet.Until > sheet.At ? sheet.Until : sheet.At) >= Memory;

    private void Forget(DateTimeOffset now)
    {
        PeerId least = _sheets.MinBy(pair => (pair.Value.Until > now ? pair.Value.Until : default, pair.Value.Bans, pair.Value.PenaltyAt(now))).Key;
        _sheets.Remove(least);
    }
}
