namespace Discovery.Transports;

/// <summary>How long to wait after a failed receive: not at all after the first few, which belong to single datagrams, then longer and longer.</summary>
internal struct ReceiveBackOff
{
    private const int FreeErrors = 16;
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(128);

    private int _errors;

    public void Reset() => _errors = 0;

    public TimeSpan Next()
    {
        int doublings = _errors - FreeErrors;
        if (doublings < 0)
        {
            _errors++;
            return TimeSpan.Zero;
        }
        TimeSpan wait = TimeSpan.FromMilliseconds(1 << doublings);
        if (wait < s_longest)
            _errors++;
        return wait;
    }
}
