using Discovery.Limits;

namespace Discovery.Simulation.Invariants;

/// <summary>Watches how fast one node asks, from its datagrams alone.</summary>
internal sealed class RateAudit(EndPointBudgetLimits limits)
{
    private const int MaxAddresses = 16_384;

    // The budget counts in whole milliseconds.
    private static readonly TimeSpan Second = TimeSpan.FromMilliseconds(998);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Dictionary<PeerEndPoint, Queue<TimeSpan>> _asked = [];
    private readonly Queue<TimeSpan> _strangers = [];

    /// <summary>What it did too fast; null when nothing.</summary>
    public string? Excess { get; private set; }

    /// <summary>Notes a query.</summary>
    public void Sent(in PeerEndPoint to, TimeSpan now)
    {
        PeerEndPoint address = to.AddressKey;
        if (!_asked.TryGetValue(address, out Queue<TimeSpan>? times))
        {
            if (_asked.Count == MaxAddresses)
                Forget(now);
            _asked.Add(address, times = new(limits.QueriesPerAddressPerSecond));
        }
        if (times.Count == 0 || times.Last() + limits.Memory <= now)
            NoteStranger(now);
        if (times.Count == limits.QueriesPerAddressPerSecond && times.Dequeue() is var former && now - former < Second)
            Excess ??= $"more than {limits.QueriesPerAddressPerSecond} queries to {address} within a second";
        times.Enqueue(now);
    }

    private void NoteStranger(TimeSpan now)
    {
        while (_strangers.TryPeek(out TimeSpan oldest) && oldest < now - Window)
            _strangers.Dequeue();
        _strangers.Enqueue(now);
        if (_strangers.Count > limits.NewAddressBurst + limits.NewAddressesPerSecond * Window.TotalSeconds + 1)
            Excess ??= $"{_strangers.Count} new addresses within {Window.TotalSeconds} s";
    }

    private void Forget(TimeSpan now)
    {
        foreach ((PeerEndPoint address, Queue<TimeSpan> times) in _asked)
            if (times.Last() + limits.Memory <= now)
                _asked.Remove(address);
    }
}
