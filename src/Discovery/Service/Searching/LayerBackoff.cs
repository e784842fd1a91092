using Discovery.Layers;
using Discovery.Limits;

namespace Discovery.Service;

/// <summary>A layer that failed is left alone for a while, longer each time, with jitter. Thread-safe.</summary>
internal sealed class LayerBackoff(TimeProvider time, Random random)
{
    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1), LongestDelay = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly long _epoch = time.GetTimestamp();
    private Backoff _backoff = new(FirstDelay, LongestDelay);
    private Exception? _error;
    private bool _wasReady;
    private TimeSpan _until;

    /// <summary>Why the layer is not to be asked now: its last error. Null when it is to be asked.</summary>
    public Exception? Refuse(IDiscoveryLayer layer)
    {
        lock (_gate)
            // A layer that failed because it had met nobody yet, and has met somebody since, is another matter.
            return time.GetElapsedTime(_epoch) < _until && (_wasReady || !IsReady(layer)) ? _error : null;
    }

    public void Failed(IDiscoveryLayer layer, Exception error)
    {
        lock (_gate)
        {
            (_error, _wasReady) = (error, IsReady(layer));
            TimeSpan now = time.GetElapsedTime(_epoch);
            // Searches that ran side by side and failed together are one failure.
            if (now >= _until)
                _until = now + _backoff.Next(random);
        }
    }

    public void Succeeded()
    {
        lock (_gate)
        {
            _backoff.Reset();
            (_error, _until) = (null, default);
        }
    }

    private static bool IsReady(IDiscoveryLayer layer) => layer is not IReadyLayer { IsReady: false };
}
