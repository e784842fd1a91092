namespace Discovery.Service;

/// <summary>How many datagrams come and go in a minute. Thread-safe; time is an argument.</summary>
internal sealed class MessageRates
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<(TimeSpan At, long Sent, long Received)> _marks = [];

    /// <summary>Notes what was counted until now. To be called every few seconds.</summary>
    public void Note((long Sent, long Received) counts, TimeSpan now)
    {
        lock (_gate)
        {
            _marks.Enqueue((now, counts.Sent, counts.Received));
            Drop(now);
        }
    }

    /// <summary>The rates per minute over the last minute. Before the first minute is over, what there was in it: a burst of some milliseconds tells nothing of a minute.</summary>
    public (double Sent, double Received) Read((long Sent, long Received) counts, TimeSpan now)
    {
        lock (_gate)
        {
            Drop(now);
            if (!_marks.TryPeek(out (TimeSpan At, long Sent, long Received) first))
                return default;
            double minutes = Math.Max(1, (now - first.At).TotalMinutes);
            return ((counts.Sent - first.Sent) / minutes, (counts.Received - first.Received) / minutes);
        }
    }

    /// <summary>Keeps one note that is as old as the window, and those after it.</summary>
    private void Drop(TimeSpan now)
    {
        while (_marks.Count > 1 && _marks.ElementAt(1).At <= now - Window)
            _marks.Dequeue();
    }
}
