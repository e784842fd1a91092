using System.Runtime.CompilerServices;

namespace Discovery.Service;

/// <summary>One search, which any number of callers may share: asks layers in the order of a strategy, proves what they sight, and knows the peers that match. A layer that fails or hangs holds up nobody.</summary>
internal sealed partial class PeerSearch
{
    /// <summary>How known peers are counted among the layers.</summary>
    public const string Registry = "registry";

    /// <summary>How long work that was told to stop is waited for.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    /// <summary>The least time between two looks at what the strategy wants.</summary>
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);

    private readonly SearchContext _context;
    private readonly PeerQuery _query;
    private readonly ISearchStrategy _strategy;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _stopping;
    private readonly TaskCompletionSource<SearchOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _work = [];
    private readonly Task _run;

    // All that follows, under the lock.
    private readonly Lock _gate = new();
    private readonly SearchProgress _progress = new();
    private readonly List<DiscoveryFailure> _failures = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _error;
    private bool _isOver;

    /// <summary>Starts a search.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="query">What to look for.</param>
    public PeerSearch(SearchContext context, PeerQuery query)
    {
        (_context, _query, _time) = (context, query, context.Options.TimeProvider);
        _started = _time.GetTimestamp();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(context.Lifetime);
        _stopping = _stop.Token;
        _asks = [.. context.Layers.Where(static part => part.IsStarted).Select(static part => new LayerAsk(part))];
        foreach (LayerAsk ask in _asks)
            _progress.Begin(ask.Part.Scope);
        _strategy = SearchStrategies.Create(context.Options, query.Count, _asks.Select(static ask => ask.Part.Scope));
        _run = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>What it comes to. An exception of the caller's own predicate comes out here.</summary>
    public Task<SearchOutcome> Outcome => _outcome.Task;

    /// <summary>Whether it has ended.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
                return _isOver;
        }
    }

    /// <summary>The peers found so far, then each as it is verified, until the search ends.</summary>
    public async IAsyncEnumerable<PeerInfo> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int read = 0;
        while (true)
        {
            PeerInfo[] batch;
            Task changed;
            bool isOver;
            lock (_gate)
                (batch, changed, isOver) = ([.. _progress.Found.Skip(read).Select(static found => found.Peer)], _changed.Task, _isOver);
            foreach (PeerInfo peer in batch)
                yield return peer;
            read += batch.Length;
            if (batch.Length > 0)
                continue;
            if (isOver)
                break;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        await _outcome.Task.ConfigureAwait(false);
    }

    /// <summary>Ends the search, if it has not ended, and waits for its work to stop; for a layer that does not, not long. Called once.</summary>
    public async Task StopAsync()
    {
        Task told = _stop.CancelAsync();
        await HasEndedAsync(told).ConfigureAwait(false);
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Not while somebody who is told still keeps it busy.
        if (told.IsCompleted)
            _stop.Dispose();
    }

    private async Task RunAsync()
    {
        TimeSpan timeout = _context.Options.Timing.DiscoveryTimeout;
        try
        {
            AdmitKnown();
            while (!_stopping.IsCancellationRequested && _time.GetElapsedTime(_started) < timeout && Step(timeout) is { } next)
                await next.Changed.WaitAsync(next.Wait, _time, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception exception)
        {
            Abort(exception);
        }
        Conclude(timeout);
        await HasEndedAsync(_stop.CancelAsync()).ConfigureAwait(false);
        await HasEndedAsync(Task.WhenAll(_work)).ConfigureAwait(false);
    }

    // A layer is told by its own code, which may throw or block.
    private async Task HasEndedAsync(Task task) => await task.WaitAsync(Grace, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Does what is to be done now.</summary>
    /// <returns>What to wait for, and how long at most; null when the search is over.</returns>
    private (Task Changed, TimeSpan Wait)? Step(TimeSpan timeout)
    {
        lock (_gate)
        {
            TimeSpan now = _progress.Elapsed = _time.GetElapsedTime(_started);
            if (_error is not null || _query.Peer is not null && _progress.Found.Count > 0)
                return null;
            SearchStep step = _strategy.Next(_progress);
            if (step.IsDone)
                return null;
            // Before anything is started: what that comes to is a change already.
            Task changed = _changed.Task;
            StartUpTo(step.Reach);
            if (_progress.IsAllOver)
                return null;
            TimeSpan wait = (step.LookAgainAt is { } again && again < timeout ? again : timeout) - now;
            return (changed, wait > LeastWait ? wait : LeastWait);
        }
    }

    private void Conclude(TimeSpan timeout)
    {
        lock (_gate)
        {
            _isOver = true;
            if (_time.GetElapsedTime(_started) >= timeout)
                BlameLooking(timeout);
            if (_error is { } error)
            {
                _outcome.TrySetException(error);
                // Whoever shared the search may have left.
                _ = _outcome.Task.Exception;
            }
            else
                _outcome.TrySetResult(new([.. _strategy.Pick(_progress.Found).OrderByDescending(static found => found.Peer.Score).Select(static found => (found.Peer, found.Layer))], [.. _failures]));
        }
        Changed();
    }

    private void Abort(Exception error)
    {
        lock (_gate)
            _error ??= error;
        Changed();
    }

    private void Changed()
    {
        TaskCompletionSource changed;
        lock (_gate)
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        changed.TrySetResult();
    }
}
