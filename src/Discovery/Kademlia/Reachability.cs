namespace Discovery.Kademlia;

/// <summary>
/// Finds out whether strangers reach this node, from nothing but who asks it. A NAT or firewall lets those in to whom the node has sent something, for half a minute or an hour. If in a
/// network of which the node meets but a part nobody else ever comes, nobody else is let in, and others must not take it into their tables. One instance for each address family.
/// </summary>
/// <remarks>It errs to the side of being reached: whoever hides though it is reached is only less well known, but a network all of whose nodes hide would take nobody in. So nothing
/// follows in small networks, of which everybody meets nearly everybody: there a node reaches nearly all who look for it anyway.</remarks>
internal sealed class Reachability
{
    private const int Slots = 640, Cycle = byte.MaxValue;

    /// <summary>Stamps older than this are wiped, before they would look young again.</summary>
    private const int Oldest = 128;

    /// <summary>Fewer addresses than this are no network to judge by.</summary>
    private const int FewestMet = 32;

    /// <summary>Where fewer of all nodes than this are strangers, nothing is missed when none comes.</summary>
    private const double FewestStrangers = 0.15;

    /// <summary>So many times as large as the table the network must be: of one that fits into tables the estimates of some nodes are far off.</summary>
    private const double LargerThanTable = 1.3;

    /// <summary>For how many minutes nothing must have been sent to a stranger. Most NATs forget within 5 min (RFC 4787, REQ-5), some after an hour.</summary>
    private static ReadOnlySpan<byte> Silences => [10, 70];

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>So long nobody must have come if all were strangers; longer in proportion if fewer are. Each node makes one walk in 15 min that shows it to strangers, which leads to 8 nodes in the end.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Interruption = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestHiding = TimeSpan.FromHours(2);
    private static readonly TimeSpan LongestHiding = TimeSpan.FromHours(16);

    // When something was last sent to one of the addresses that share a slot: minutes, round the cycle, and one more; 0 for never.
    private byte[]? _stamps;
    private long _wiped;
    private TimeSpan _since, _nextCheck, _hiddenUntil, _hiding = ShortestHiding;
    private TimeSpan _nearStranger = TimeSpan.MinValue, _farStranger = TimeSpan.MinValue;

    /// <summary>Whether others should not take this node into their tables (BEP 43).</summary>
    public bool IsHidden { get; private set; }

    /// <summary>Something was sent to an end point, so that for a while answers come in from there.</summary>
    public void Sent(in PeerEndPoint to, TimeSpan now)
    {
        if (to.IsPrivate)
            return;
        _stamps ??= new byte[Slots];
        _stamps[Slot(to)] = Stamp(now);
    }

    /// <summary>A query came in, and will be answered.</summary>
    public void Asked(in PeerEndPoint from, TimeSpan now)
    {
        if (from.IsPrivate)
            return;
        int age = _stamps is null ? Oldest : Age(_stamps[Slot(from)], Stamp(now));
        if (age > Silences[0])
            _nearStranger = now;
        if (age > Silences[1])
        {
            _farStranger = now;
            IsHidden = false;
            _hiding = ShortestHiding;
        }
        Sent(from, now);
    }

    /// <summary>Looks whether strangers should have come, and did not.</summary>
    /// <param name="networkSize">The estimated number of nodes.</param>
    /// <param name="tableSize">How many of them are in the routing table.</param>
    /// <param name="lastReceived">When anybody last answered.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether <see cref="IsHidden"/> has changed.</returns>
    public bool Check(double networkSize, int tableSize, TimeSpan lastReceived, TimeSpan now)
    {
        if (now < _nextCheck)
            return false;
        Wipe(now);
        if (_nextCheck == default || lastReceived < now - Interruption)
            _since = now; // Nobody comes while the line is down.
        _nextCheck = now + Minute;
        if (IsHidden)
        {
            if (now < _hiddenUntil)
                return false;
            // Perhaps the NAT has been opened: strangers come if they hear of us.
            IsHidden = false;
            _since = now;
            return true;
        }
        if (networkSize < LargerThanTable * tableSize || !IsMissed(_nearStranger, Silences[0]) && !IsMissed(_farStranger, Silences[1]))
            return false;
        IsHidden = true;
        _hiddenUntil = now + _hiding;
        _hiding = 2 * _hiding < LongestHiding ? 2 * _hiding : LongestHiding;
        return true;

        bool IsMissed(TimeSpan stranger, int silence)
        {
            TimeSpan wait = now - (stranger > _since ? stranger : _since);
            if (wait < Window)
                return false;
            double free = FreePart(silence, now), met = -Slots * Math.Log(free), strangers = 1 - met / networkSize;
            // A stranger who shares the slot of somebody else passes for him.
            return met >= FewestMet && strangers >= FewestStrangers && wait * strangers * free >= Window;
        }
    }

    /// <summary>Forgets what was found out, as after a change of network.</summary>
    public void Reset()
    {
        _stamps = null;
        IsHidden = false;
        _hiding = ShortestHiding;
        _nextCheck = default;
        _nearStranger = _farStranger = TimeSpan.MinValue;
    }

    /// <summary>The part of the slots to whose addresses nothing was sent in so many minutes: it tells how many addresses something was sent to.</summary>
    private double FreePart(int minutes, TimeSpan now)
    {
        int free = 0;
        byte present = Stamp(now);
        foreach (byte stamp in _stamps.AsSpan())
            free += Age(stamp, present) > minutes ? 1 : 0;
        return _stamps is null ? 1 : (double)free / Slots;
    }

    private void Wipe(TimeSpan now)
    {
        long minute = (long)now.TotalMinutes;
        if (_stamps is null || minute - _wiped < (Cycle - Oldest) / 2)
            return;
        _wiped = minute;
        byte present = Stamp(now);
        foreach (ref byte stamp in _stamps.AsSpan())
            if (Age(stamp, present) >= Oldest)
                stamp = 0;
    }

    private static byte Stamp(TimeSpan now) => (byte)(1 + now.Ticks / TimeSpan.TicksPerMinute % Cycle);

    /// <summary>How many minutes ago a stamp was made; <see cref="Oldest"/> if none was.</summary>
    private static int Age(byte stamp, byte present) => stamp == 0 ? Oldest : present >= stamp ? present - stamp : present - stamp + Cycle;

    private static int Slot(in PeerEndPoint endPoint) => (int)(((endPoint.IsIPv4 ? endPoint.IPv4Bits : endPoint.HighBits) * 0x9E37_79B9_7F4A_7C15 >> 32) * Slots >> 32);
}
