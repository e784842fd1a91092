namespace Discovery.Service;

/// <summary>When a search that has enough peers may end: at once, or, when too many of them are of one network, after a while in which others may come to choose from. One object for one search.</summary>
/// <param name="count">How many peers are wanted.</param>
/// <param name="grace">How long others are waited for.</param>
internal sealed class CrowdWait(int count, TimeSpan grace)
{
    private TimeSpan? _end;

    /// <summary>Until when to wait; null when there is no need.</summary>
    /// <param name="progress">The search.</param>
    /// <param name="found">Those found that count: at least as many as are wanted.</param>
    public TimeSpan? Until(SearchProgress progress, IEnumerable<FoundPeer> found)
    {
        // Without any question nobody will come, and all that are known are there to choose from.
        if (!progress.HasAsked)
            return null;
        TimeSpan end = _end ??= progress.Elapsed + grace;
        return progress.Elapsed < end && SearchStrategies.IsCrowded(found, count) ? end : null;
    }
}
