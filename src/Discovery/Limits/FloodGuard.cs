using System.Runtime.CompilerServices;

namespace Discovery.Limits;

/// <summary>What to do with a datagram.</summary>
internal enum FloodVerdict
{
    /// <summary>Handle it.</summary>
    Accept,

    /// <summary>Ignore it: the source is above its rate.</summary>
    Drop,

    /// <summary>Ignore it: the source has just been banned.</summary>
    Ban,

    /// <summary>Ignore it: the source is banned.</summary>
    Banned,
}

/// <summary>Keeps single sources from taking all the attention: a token bucket for each, and a temporary ban for those that go on above their rate.</summary>
internal sealed class FloodGuard
{
    private readonly FloodLimits _limits;
    private readonly AddressTable<TokenLevel> _sources;

    public FloodGuard(FloodLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limits.PacketsPerSecond, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Burst, 1, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.BanDuration, TimeSpan.Zero, nameof(limits));
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxSources, 1, nameof(limits));
        _limits = limits;
        _sources = new(limits.MaxSources);
    }

    /// <summary>The number of sources remembered.</summary>
    public int Count => _sources.Count;

    /// <summary>Counts a datagram from a source and judges it.</summary>
    public FloodVerdict Check(in PeerEndPoint source, TimeSpan now)
    {
        PeerEndPoint key = SourceKey.Of(source);
        ref TokenLevel level = ref _sources.Find(key);
        if (Unsafe.IsNullRef(ref level))
        {
            // Two out for one in: the table shrinks back by itself after a flood.
            for (int i = 0; i < 2 && _sources.Count > 0 && _sources.Oldest.IsFull(_limits.PacketsPerSecond, _limits.Burst, now); i++)
                _sources.RemoveOldest();
            _sources.Add(key) = new(_limits.Burst - 1, now);
            return FloodVerdict.Accept;
        }
        if (level.IsAfter(now))
            return FloodVerdict.Banned;
        double tokens = level.Refill(_limits.PacketsPerSecond, _limits.Burst, now);
        if (tokens >= 1)
        {
            level.Take(1);
            return FloodVerdict.Accept;
        }
        // What is dropped is charged as well, so that only a source that slows down is heard again.
        if (tokens > -_limits.Burst)
        {
            level.Take(1);
            return FloodVerdict.Drop;
        }
        if (_limits.BanDuration == TimeSpan.Zero)
            return FloodVerdict.Drop;
        // A level set in the future is the ban; afterwards the source starts with nothing.
        level = new(0, now + _limits.BanDuration);
        return FloodVerdict.Ban;
    }
}
