namespace Discovery.Simulation.Dht;

/// <summary>A host's own clock, which may be fast or slow but never goes back.</summary>
internal struct HostClock()
{
    private TimeSpan _since, _then;
    private double _rate = 1;

    public readonly bool IsRight => _rate == 1 && _since == _then;

    /// <summary>What it shows.</summary>
    public readonly TimeSpan Read(TimeSpan now) => IsRight ? now : _then + (now - _since) * _rate;

    /// <summary>The true time at which it will show <paramref name="local"/>.</summary>
    public readonly TimeSpan TrueTime(TimeSpan local)
    {
        if (IsRight || local == TimeSpan.MaxValue)
            return local;
        TimeSpan time = _since + (local - _then) / _rate;
        // Rounding must not make it a tick early: the host would be called before its time, again and again.
        return Read(time) < local ? time + TimeSpan.FromTicks(1 + (long)(1 / _rate)) : time;
    }

    public void Set(TimeSpan now, double rate, TimeSpan jump) => (_since, _then, _rate) = (now, Read(now) + jump, rate);
}
