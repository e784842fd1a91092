namespace Discovery.Service;

/// <summary>Who is to be asked when: the sample of each round, one after another at even distances, and before them those about whom there is a doubt. Not thread-safe; time is an argument.</summary>
/// <remarks>
/// A round is one sampling interval long (±10 %) and asks what it was given, at most <c>maxPerRound</c> peers: that bounds the traffic, whatever the number of peers. Somebody who did not answer is asked again
/// after a sixth of the interval, so that three failures in a row, and with them the loss, fall within one interval. Doubts of others (a peer that was just handed to the application) are taken up at once, but of one
/// peer at most once in a sixth of the interval, and no more than 64 wait at a time.
/// </remarks>
internal sealed class SamplingPlan
{
    /// <summary>Into so many parts an interval falls: the time between two questions to one peer about whom there is a doubt.</summary>
    private const int Parts = 6;

    private const int MaxDoubts = 64;

    private readonly TimeSpan _interval, _again;
    private readonly int _maxPerRound;
    private readonly Random _random;
    private readonly Queue<PeerId> _sample = [];
    private readonly PriorityQueue<PeerId, TimeSpan> _doubts = new();
    private readonly HashSet<PeerId> _doubted = [];
    private readonly Dictionary<PeerId, TimeSpan> _asked = [];
    private TimeSpan _nextOfRound, _gap, _roundEnd;

    /// <param name="interval">How long a round is; <see cref="TimeSpan.MaxValue"/> for no rounds.</param>
    /// <param name="maxPerRound">The most peers of a round: at least 1.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="now">The present. The first round begins an interval from now.</param>
    public SamplingPlan(TimeSpan interval, int maxPerRound, Random random, TimeSpan now)
    {
        (_interval, _maxPerRound, _random) = (interval, maxPerRound, random);
        _again = interval / Parts;
        _roundEnd = Chore.After(now, Chore.Jitter(interval, random));
    }

    /// <summary>When there is something to do: somebody to ask, or a round to begin.</summary>
    public TimeSpan Next
    {
        get
        {
            TimeSpan next = _sample.Count > 0 ? _nextOfRound : _roundEnd;
            return _doubts.TryPeek(out _, out TimeSpan due) && due < next ? due : next;
        }
    }

    /// <summary>Whether the round is over and all of it has been asked.</summary>
    public bool IsRoundOver(TimeSpan now) => _sample.Count == 0 && now >= _roundEnd;

    /// <summary>Begins a round.</summary>
    /// <param name="sample">Whom to ask, the most important first.</param>
    /// <param name="now">The present.</param>
    public void BeginRound(IEnumerable<PeerId> sample, TimeSpan now)
    {
        // Whoever was asked an interval ago may be asked again at once.
        foreach ((PeerId id, TimeSpan at) in _asked)
            if (now - at >= _interval)
                _asked.Remove(id);
        foreach (PeerId id in sample.Take(_maxPerRound))
            _sample.Enqueue(id);
        TimeSpan length = Chore.Jitter(_interval, _random);
        (_nextOfRound, _gap, _roundEnd) = (now, length / Math.Max(1, _sample.Count), now + length);
    }

    /// <summary>Somebody whose turn has come.</summary>
    public bool TryTake(TimeSpan now, out PeerId id)
    {
        if (_doubts.TryPeek(out id, out TimeSpan due) && due <= now)
        {
            _doubts.Dequeue();
            _doubted.Remove(id);
            _asked[id] = now;
            return true;
        }
        while (_nextOfRound <= now && _sample.TryDequeue(out id))
        {
            _nextOfRound += _gap;
            if (WasAsked(id, now) || _doubted.Contains(id))
                continue;
            _asked[id] = now;
            return true;
        }
        id = default;
        return false;
    }

    /// <summary>Somebody did not answer: is asked again soon.</summary>
    public void Failed(in PeerId id, TimeSpan now)
    {
        if (_doubted.Add(id))
            _doubts.Enqueue(id, Chore.After(now, _again));
    }

    /// <summary>Somebody is to be asked now, unless that was done a moment ago.</summary>
    /// <returns>Whether there is now something to do.</returns>
    public bool Doubt(in PeerId id, TimeSpan now)
    {
        if (_interval == TimeSpan.MaxValue || _doubts.Count >= MaxDoubts || WasAsked(id, now) || !_doubted.Add(id))
            return false;
        _doubts.Enqueue(id, now);
        return true;
    }

    private bool WasAsked(in PeerId id, TimeSpan now) => _asked.TryGetValue(id, out TimeSpan asked) && now - asked < _again;
}
