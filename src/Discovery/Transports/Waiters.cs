namespace Discovery.Transports;

/// <summary>Who waits until a protocol has reached some state.</summary>
/// <param name="gate">The lock that guards the protocol.</param>
/// <param name="protocol">What the conditions are of.</param>
/// <param name="owner">Who is disposed of, by name, when waiting has become vain.</param>
internal sealed class Waiters<T>(Lock gate, T protocol, string owner)
{
    private readonly List<Waiter> _waiting = [];
    private bool _isClosed;

    /// <summary>Waits for a condition, which is looked at now and in every <see cref="Look"/>.</summary>
    /// <exception cref="ObjectDisposedException">These were closed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task WaitUntilAsync(Func<T, bool> isMet, CancellationToken cancellationToken)
    {
        Waiter waiter = new(isMet);
        lock (gate)
        {
            if (_isClosed)
                throw new ObjectDisposedException(owner);
            if (isMet(protocol))
                return;
            _waiting.Add(waiter);
        }
        try
        {
            await waiter.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
                _waiting.Remove(waiter);
        }
    }

    /// <summary>Ends the waits whose condition is met. Called with the gate held, after everything that may have changed the protocol.</summary>
    public void Look()
    {
        if (_waiting.Count > 0)
            _waiting.RemoveAll(waiter => waiter.IsMet(protocol) && waiter.TrySetResult());
    }

    /// <summary>Fails all waits, also later ones. Called with the gate held.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (Waiter waiter in _waiting)
            waiter.TrySetException(new ObjectDisposedException(owner));
    }

    private sealed class Waiter(Func<T, bool> isMet) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Func<T, bool> IsMet => isMet;
    }
}
