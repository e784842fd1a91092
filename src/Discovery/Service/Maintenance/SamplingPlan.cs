using Discovery.Peers;

namespace Discovery.Service;

/// <summary>Who is to be asked when: the sample of each round, one after another at even distances (or as many as come in half a second together), and before them those about whom there is a doubt. Not thread-safe; time is an argument.</summary>
/// <remarks>
/// A round is one sampling interval long (±10 %) and asks a tenth of the peers, at most <c>maxPerRound</c>: that bounds the traffic, whatever the number of peers. It is a tenth of the most that were known in
/// the last ten rounds: were it of those that are left, then the more die the longer would the last of them wait. Somebody who did not answer is asked again after a sixth of the interval, so that three
/// failures in a row, and with them the loss, fall within one interval; while waiting for that nobody takes a place in a round. Doubts of others (a peer that was just handed to the application) are taken up at
/// once, but of one peer at most once in a sixth of the interval, and no more than 64 wait at a time.
/// </remarks>
internal sealed class SamplingPlan
{
    /// <summary>Into so many parts an interval falls: the time between two questions to one peer about whom there is a doubt.</summary>
    private const int Parts = 6;

    private const int MaxDoubts = 64;

    /// <summary>When the turns come thicker than this several are taken together: waking up costs the processor more than a ping does.</summary>
    private static readonly TimeSpan LeastGap = TimeSpan.FromMilliseconds(500);

    private readonly TimeSpan _interval, _again;
    private readonly int _maxPerRound;
    private readonly Random _random;
    private readonly Queue<PeerId> _sample = [];
    private readonly Queue<int> _known = [];
    private readonly PriorityQueue<PeerId, TimeSpan> _doubts = new();
    private readonly HashSet<PeerId> _doubted = [];
    private readonly Dictionary<PeerId, TimeSpan> _asked = [];
    private TimeSpan _nextOfRound, _gap, _roundEnd;
    private int _turns, _taken;

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
    /// <param name="peers">All that are known, the most important first.</param>
    /// <param name="known">How many they are.</param>
    /// <param name="now">The present.</param>
    public void BeginRound(IEnumerable<PeerId> peers, int known, TimeSpan now)
    {
        // Whoever was asked an interval ago may be asked again at once.
        foreach ((PeerId id, TimeSpan at) in _asked)
            if (now - at >= _interval)
                _asked.Remove(id);
        if (_known.Count == PeerSampling.OneIn)
            _known.Dequeue();
        _known.Enqueue(known);
        foreach (PeerId id in peers.Where(id => !IsWaiting(id, now)).Take(Math.Min(PeerSampling.Share(_known.Max()), _maxPerRound)))
            _sample.Enqueue(id);
        TimeSpan length = Chore.Jitter(_interval, _random);
        TimeSpan each = length / Math.Max(1, _sample.Count);
        (_turns, _taken) = ((int)Math.Ceiling(LeastGap / each), 0);
        (_nextOfRound, _gap, _roundEnd) = (now, each * _turns, now + length);
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
            if (++_taken % _turns == 0)
                _nextOfRound += _gap;
            if (IsWaiting(id, now))
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

    /// <summary>Somebody is to be asked now, or, if that was done a moment ago, when a sixth of the interval has passed since.</summary>
    /// <returns>Whether there is now something to do.</returns>
    public bool Doubt(in PeerId id, TimeSpan now)
    {
        if (_interval == TimeSpan.MaxValue || _doubts.Count >= MaxDoubts || !_doubted.Add(id))
            return false;
        _doubts.Enqueue(id, WasAsked(id, now) ? _asked[id] + _again : now);
        return true;
    }

    private bool IsWaiting(in PeerId id, TimeSpan now) => _doubted.Contains(id) || WasAsked(id, now);

    private bool WasAsked(in PeerId id, TimeSpan now) => _asked.TryGetValue(id, out TimeSpan asked) && now - asked < _again;
}
