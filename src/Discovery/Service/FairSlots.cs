namespace Discovery.Service;

/// <summary>So many things at a time, shared fairly by lanes: whoever waits in one lane does not wait for the crowd in another. Thread-safe.</summary>
/// <remarks>
/// A lane takes a slot only while it holds fewer than are free (Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998). So one lane alone gets half of them, two
/// get a third each, and there is always one left for a lane that has none. Of several that may, the one that holds the fewest goes first.
/// </remarks>
/// <param name="count">How many: at least 1.</param>
internal sealed class FairSlots(int count)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = [];
    private int _free = count;

    private sealed class Lane
    {
        public int Held { get; set; }

        public LinkedList<TaskCompletionSource> Waiting { get; } = [];
    }

    /// <summary>Waits for a slot, which is to be given back by <see cref="Leave"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, and no slot is held.</exception>
    public async Task EnterAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource granted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_lanes.TryGetValue(name, out Lane? lane))
                _lanes.Add(name, lane = new());
            lane.Waiting.AddLast(granted);
            Grant();
        }
        try
        {
            await granted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
                if (granted.Task.IsCompleted)
                    Release(name);
                else
                {
                    _lanes[name].Waiting.Remove(granted);
                    Tidy(name);
                }
            throw;
        }
    }

    /// <summary>Gives a slot back.</summary>
    public void Leave(string name)
    {
        lock (_gate)
            Release(name);
    }

    private void Release(string name)
    {
        _free++;
        _lanes[name].Held--;
        Grant();
        Tidy(name);
    }

    private void Grant()
    {
        while (_lanes.Values.Where(lane => lane.Waiting.Count > 0 && lane.Held < _free).MinBy(static lane => lane.Held) is { } next)
        {
            next.Held++;
            _free--;
            next.Waiting.First!.Value.SetResult();
            next.Waiting.RemoveFirst();
        }
    }

    private void Tidy(string name)
    {
        if (_lanes[name] is { Held: 0, Waiting.Count: 0 })
            _lanes.Remove(name);
    }
}
