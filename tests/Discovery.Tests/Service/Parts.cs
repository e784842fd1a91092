using System.Runtime.CompilerServices;

namespace Discovery.Tests.Service;

/// <summary>A source that names the same hosts every time.</summary>
internal sealed class FixedSource(params string[] hosts) : IBootstrapSource
{
    public string Name => "fixed";

    public async IAsyncEnumerable<BootstrapNode> GetNodesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (string host in hosts)
            yield return new() { EndPoint = host };
    }
}

/// <summary>A source that cannot be read.</summary>
internal sealed class BrokenSource : IBootstrapSource
{
    public string Name => "broken";

    public IAsyncEnumerable<BootstrapNode> GetNodesAsync(CancellationToken cancellationToken) => throw new BootstrapException("no such file");
}

/// <summary>A layer that says it sees somebody at given places.</summary>
internal sealed class FixedLayer(string name, DiscoveryScope scope, params PeerSighting[] sightings) : IDiscoveryLayer
{
    private readonly TaskCompletionSource _wasAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asked, _left;

    public string Name => name;

    public DiscoveryScope Scope => scope;

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How many of those who asked have left.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>Completes when it is asked for the first time.</summary>
    public Task WasAsked => _wasAsked.Task;

    /// <summary>What it waits for before it sights anybody.</summary>
    public Task Await { get; init; } = Task.CompletedTask;

    /// <summary>Completes when it goes on after its sightings; null for at once.</summary>
    public Task? HoldsUntil { get; init; }

    public ValueTask StartAsync(DiscoveryContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async IAsyncEnumerable<PeerSighting> FindAsync(PeerQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        _wasAsked.TrySetResult();
        try
        {
            await Await.WaitAsync(cancellationToken);
            foreach (PeerSighting sighting in sightings)
                yield return sighting;
            if (HoldsUntil is not null)
                await HoldsUntil.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Increment(ref _left);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>What a broken layer does.</summary>
public enum Breakage
{
    ThrowsAtStart,
    ThrowsAtFind,
    ThrowsInside,
    ThrowsEverywhere,
    HangsInFind,
    YieldsNull,
    ThrowsWhenTold,
}

/// <summary>A layer that fails, as layers of strangers do.</summary>
internal sealed class BrokenLayer(Breakage breakage) : IDiscoveryLayer
{
    public string Name => "broken";

    public DiscoveryScope Scope => DiscoveryScope.Local;

    public ValueTask StartAsync(DiscoveryContext context, CancellationToken cancellationToken) =>
        breakage is Breakage.ThrowsAtStart ? throw new InvalidOperationException("start") : ValueTask.CompletedTask;

    public IAsyncEnumerable<PeerSighting> FindAsync(PeerQuery query, CancellationToken cancellationToken) =>
        breakage is Breakage.ThrowsAtFind or Breakage.ThrowsEverywhere ? throw new InvalidOperationException("find") : Inside();

    public ValueTask<LayerAnnouncement> AnnounceAsync(SignedItem record, CancellationToken cancellationToken) => breakage is Breakage.ThrowsWhenTold ? HangAsync(cancellationToken) : throw new InvalidOperationException("announce");

    public ValueTask DisposeAsync() => breakage is Breakage.ThrowsEverywhere ? throw new InvalidOperationException("dispose") : ValueTask.CompletedTask;

    private static async ValueTask<LayerAnnouncement> HangAsync(CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration told = cancellationToken.Register(static () => throw new InvalidOperationException("told"));
        await new TaskCompletionSource().Task; // Whatever it is told.
        return LayerAnnouncement.NotSupported;
    }

    private async IAsyncEnumerable<PeerSighting> Inside()
    {
        await Task.Yield();
        if (breakage is Breakage.HangsInFind)
            await new TaskCompletionSource().Task; // Whatever token it is given.
        if (breakage is Breakage.YieldsNull)
            yield return null!;
        throw new InvalidOperationException("inside");
    }
}
