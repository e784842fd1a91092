namespace Discovery.Layers;

/// <summary>A layer that is of use only once it has met somebody or something, which may be never. A layer that does not say so is ready when it has started.</summary>
internal interface IReadyLayer
{
    /// <summary>Whether there is anybody to ask.</summary>
    bool IsReady { get; }

    /// <summary>Why it is not ready, if that is known.</summary>
    Exception? NotReadyReason => null;

    /// <summary>Completes when there is.</summary>
    Task WaitUntilReadyAsync(CancellationToken cancellationToken);
}
