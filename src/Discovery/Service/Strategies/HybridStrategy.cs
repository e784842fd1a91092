namespace Discovery.Service;

/// <summary>All layers at once: the first good answers win, and better ones that come a little later replace the weakest.</summary>
/// <remarks>
/// When peers that were proven a moment ago are enough, they are the answer. Otherwise, once enough have answered, the search goes on for as long as waiting pays: until nothing is left to do, until no
/// answer was better than the weakest of the best for the time of grace, or until it has gone on for as long as it took to get there and the grace, whichever comes first. So it never takes more
/// than twice as long as the first enough answers, and the grace.
/// </remarks>
/// <param name="count">How many peers are wanted.</param>
/// <param name="grace">How long a better answer is waited for.</param>
internal sealed class HybridStrategy(int count, TimeSpan grace) : ISearchStrategy
{
    // The scores of the best so far, the weakest on top.
    private readonly PriorityQueue<double, double> _best = new();
    private int _seen, _known;
    private TimeSpan _enoughAt, _improvedAt;

    public bool WantsKnown(DiscoveryScope scope) => ++_known <= SearchStrategies.KnownFor(count);

    public SearchStep Next(SearchProgress progress)
    {
        for (; _seen < progress.Found.Count; _seen++)
            Weigh(progress.Found[_seen].Peer.Score, progress.Elapsed);
        if (_best.Count < count)
            return new(false);
        TimeSpan end = _improvedAt + grace, latest = _enoughAt * 2 + grace;
        end = end < latest ? end : latest;
        return !progress.HasAsked || progress.Elapsed >= end ? SearchStep.Done : new(false, LookAgainAt: end);
    }

    public IEnumerable<FoundPeer> Pick(IReadOnlyList<FoundPeer> found) => SearchStrategies.Best(found, count);

    private void Weigh(double score, TimeSpan now)
    {
        if (_best.Count < count)
        {
            _best.Enqueue(score, score);
            if (_best.Count == count)
                _enoughAt = _improvedAt = now;
        }
        else if (score > _best.Peek())
        {
            _best.EnqueueDequeue(score, score);
            _improvedAt = now;
        }
    }
}
