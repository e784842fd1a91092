using System.Runtime.CompilerServices;

namespace Discovery.Limits;

/// <summary>The outbound budget: new remote addresses per second over all, and queries per second to each address.</summary>
internal sealed class EndPointBudget
{
    private const int MaxPerSecond = 8;

    private readonly EndPointBudgetLimits _limits;
    private readonly AddressTable<Pace> _addresses;
    private TokenBucket _newAddresses;

    public EndPointBudget(EndPointBudgetLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limits.NewAddressesPerSecond, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.NewAddressBurst, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.QueriesPerAddressPerSecond, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limits.QueriesPerAddressPerSecond, MaxPerSecond, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxAddresses, 1, nameof(limits));
        _limits = limits;
        _addresses = new(limits.MaxAddresses);
        _newAddresses = new(limits.NewAddressesPerSecond, limits.NewAddressBurst);
    }

    /// <summary>The number of addresses remembered.</summary>
    public int Count => _addresses.Count;

    /// <summary>Books a query to an address, if the budget allows it now.</summary>
    /// <param name="destination">Where the query goes. Ports are told apart on loopback only.</param>
    /// <param name="now">The present.</param>
    /// <param name="retryAfter">Zero on success, else how long until it is worth asking again.</param>
    public bool TryContact(in PeerEndPoint destination, TimeSpan now, out TimeSpan retryAfter)
    {
        while (_addresses.Count > 0 && _addresses.Oldest.Last + _limits.Memory <= now)
            _addresses.RemoveOldest();
        PeerEndPoint key = destination.IsLoopback ? destination : destination.AddressKey;
        ref Pace pace = ref _addresses.Find(key);
        if (Unsafe.IsNullRef(ref pace))
        {
            if (!_newAddresses.TryTake(1, now))
            {
                retryAfter = _newAddresses.DelayUntil(1, now);
                return false;
            }
            pace = ref _addresses.Add(key);
        }
        return pace.TryTake(_limits.QueriesPerAddressPerSecond, now, out retryAfter);
    }

    /// <summary>Whether an address was contacted lately, so that a router on the way lets in what comes from there.</summary>
    public bool HasContacted(in PeerEndPoint address, TimeSpan now)
    {
        ref readonly Pace pace = ref _addresses.Peek(address.IsLoopback ? address : address.AddressKey);
        return !Unsafe.IsNullRef(in pace) && pace.Last + _limits.Memory > now;
    }

    /// <summary>When the last queries to one address went out: exact for any window of a second, which a token bucket is not.</summary>
    private struct Pace
    {
        private Times _times;
        private byte _next;
        private byte _count;

        public TimeSpan Last { readonly get; private set; }

        public bool TryTake(int perSecond, TimeSpan now, out TimeSpan retryAfter)
        {
            // The slot to be written holds the oldest of the last perSecond times.
            retryAfter = _count < perSecond ? TimeSpan.Zero : TimeSpan.FromMilliseconds(1000 - (int)(Milliseconds(now) - _times[_next]));
            if (retryAfter > TimeSpan.Zero && now - Last < TimeSpan.FromSeconds(1))
                return false;
            retryAfter = TimeSpan.Zero;
            _times[_next] = Milliseconds(now);
            _next = (byte)((_next + 1) % perSecond);
            _count = (byte)Math.Min(_count + 1, perSecond);
            Last = now;
            return true;
        }

        // Wraps after 49 days, long after the entry is forgotten.
        private static uint Milliseconds(TimeSpan now) => (uint)(now.Ticks / TimeSpan.TicksPerMillisecond);
    }

    [InlineArray(MaxPerSecond)]
    private struct Times
    {
        private uint _first;
    }
}
