namespace Discovery.Service;

/// <summary>What is known of the work of one source or layer. Thread-safe.</summary>
internal sealed class PartMonitor(string name, DiscoveryPartKind kind, TimeProvider time)
{
    private readonly Lock _gate = new();
    private DateTimeOffset? _lastSuccess;
    private Exception? _lastError;
    private bool _isFailing;

    public string Name { get; } = name;

    /// <summary>What went wrong, if it did the last time.</summary>
    public Exception? CurrentError
    {
        get
        {
            lock (_gate)
                return _isFailing ? _lastError : null;
        }
    }

    public void Succeeded()
    {
        lock (_gate)
            (_lastSuccess, _isFailing) = (time.GetUtcNow(), false);
    }

    public void Failed(Exception error)
    {
        lock (_gate)
            (_lastError, _isFailing) = (error, true);
    }

    /// <summary>How it is doing: one failure after a success is a bad day, a failure without any success a broken part.</summary>
    /// <param name="isReady">Whether it could do its work now.</param>
    /// <param name="reason">Why it could not, if that is known.</param>
    /// <param name="isWaiting">Whether it has nobody to ask and waits to be found, so that being of no use yet is no illness.</param>
    public DiscoveryPartHealth Read(bool isReady = true, Exception? reason = null, bool isWaiting = false)
    {
        lock (_gate)
        {
            DiscoveryStatus status = isWaiting && !isReady && reason is null ? DiscoveryStatus.Healthy : _lastSuccess is null || !isReady ? DiscoveryStatus.Unhealthy : _isFailing ? DiscoveryStatus.Degraded : DiscoveryStatus.Healthy;
            return new(Name, kind, status) { LastSuccess = _lastSuccess, LastError = reason ?? _lastError };
        }
    }
}
