using Discovery.Limits;

namespace Discovery.Kademlia;

/// <summary>Decides when to bootstrap: at once, then with growing, jittered delays for as long as the routing table is nearly empty; never while it is healthy.</summary>
internal sealed class BootstrapRetry
{
    private readonly BootstrapRetryOptions _options;
    private readonly Random _random;
    private Backoff _backoff;
    private bool _healthy;
    private bool _failing;

    public BootstrapRetry(BootstrapRetryOptions options, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.MinDelay, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDelay, options.MinDelay, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HealthyTableSize, 1, nameof(options));
        (_options, _random, _backoff) = (options, random, new(options.MinDelay, options.MaxDelay));
    }

    /// <summary>When the next attempt is due; null while the table is healthy, as <see cref="Due"/> last saw it.</summary>
    public TimeSpan? NextAttempt { get; private set; } = TimeSpan.Zero;

    /// <summary>Whether to bootstrap now. Ask at <see cref="NextAttempt"/> and whenever the table has shrunk.</summary>
    public bool Due(TimeSpan now, int tableSize)
    {
        if (tableSize >= _options.HealthyTableSize)
        {
            _healthy = true;
            _backoff.Reset();
            NextAttempt = null;
            return false;
        }
        if (_healthy)
            Reset(now);
        return now >= NextAttempt;
    }

    /// <summary>An attempt has begun. Nothing more is due until its result is told or, should that be lost, for the longest delay.</summary>
    public void OnAttempt(TimeSpan now) => NextAttempt = now + _options.MaxDelay;

    /// <summary>An attempt has ended; it succeeded when a bootstrap node answered.</summary>
    public void OnResult(bool success, TimeSpan now)
    {
        if (_healthy)
            return;
        // The first answer after a silence: ask again soon, since those who waited as we did are joining now.
        if (success && _failing)
            _backoff.Reset();
        _failing = !success;
        NextAttempt = now + _backoff.Next(_random);
    }

    /// <summary>Starts afresh, as after a change of network.</summary>
    public void Reset(TimeSpan now)
    {
        _healthy = _failing = false;
        _backoff.Reset();
        NextAttempt = now;
    }
}
