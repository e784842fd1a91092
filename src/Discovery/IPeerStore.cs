namespace Discovery;

/// <summary>Keeps what is known of peers from one run to the next. The peers it gives are the first contacts of a restarted service: each proves its key again before it counts.</summary>
/// <remarks>One service uses a store, one call at a time. <see cref="StoredPeer.TryFormat"/> and <see cref="StoredPeer.TryParse"/> turn a peer into bytes and back.</remarks>
public interface IPeerStore
{
    /// <summary>A short name for logs and health: <c>file</c>.</summary>
    string Name { get; }

    /// <summary>Reads what was saved last.</summary>
    /// <returns>The peers; what is damaged is left out and told of in <see cref="PeerStoreContent.Problem"/>. Empty when nothing was ever saved.</returns>
    /// <exception cref="IOException">The store cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The store may not be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<PeerStoreContent> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Saves these peers in place of those saved before. When it ends in whatever way, a load gives all of either.</summary>
    /// <exception cref="IOException">The store cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The store may not be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask SaveAsync(IReadOnlyList<StoredPeer> peers, CancellationToken cancellationToken);
}
