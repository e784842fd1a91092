using Discovery.Peers;
using Discovery.Stores;
using Discovery.Transports;

namespace Discovery;

/// <summary>Keeps peers in a file, and beside it in <c>.previous</c> those of the save before. On Unix only the owner may read them.</summary>
/// <remarks>
/// A save writes another file, flushes it to the disk and then gives it its name, so that a crash at any moment leaves all of the old peers or all of the new ones. Each peer has a checksum of its own: damage
/// costs the peers it hits, and those are taken from the save before, if they were in it. One service to a file: a second one would overwrite what the first one saved.
/// </remarks>
public sealed class FilePeerStore : IPeerStore
{
    /// <summary>The longest file: 64 MiB, or at least 20 000 peers. Of more the first ones, the best, are saved.</summary>
    public const int MaxFileSize = 64 << 20;

    private readonly Lock _lock = new();
    private readonly string _path;
    private bool _hasSaved;

    /// <summary>A store in a file, which need not exist yet. No I/O happens here.</summary>
    /// <exception cref="ArgumentException">The path is empty or blank.</exception>
    public FilePeerStore(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = path;
    }

    /// <inheritdoc/>
    public string Name => "file";

    /// <summary>The store of a service whose routing table is in a file (<see cref="DiscoveryOptions.StatePath"/>): the file of that name with <c>.peers</c> appended. No I/O happens here.</summary>
    /// <exception cref="ArgumentException">The path is empty or blank.</exception>
    public static FilePeerStore Beside(string statePath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(statePath);
        return new(statePath + ".peers");
    }

    private string PreviousPath => _path + ".previous";

    /// <inheritdoc/>
    /// <remarks>A file that cannot be read is told in <see cref="PeerStoreContent.Problem"/> too, and the save before is read instead.</remarks>
    public async ValueTask<PeerStoreContent> LoadAsync(CancellationToken cancellationToken) => await Task.Run(Load, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    /// <remarks>Cancelling ends it before the file is touched; once begun it is completed.</remarks>
    public async ValueTask SaveAsync(IReadOnlyList<StoredPeer> peers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(peers);
        await Task.Run(() => Save(peers, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private PeerStoreContent Load()
    {
        lock (_lock)
        {
            PeerStoreContent? last = Read(_path);
            return last is { Problem: null } ? last : PeerStoreMerge.Fill(last, Read(PreviousPath));
        }
    }

    private void Save(IReadOnlyList<StoredPeer> peers, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> file = PeerFile.Write(peers, MaxFileSize);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            // Not in a load: somebody may look at the peers of a service that runs.
            if (!_hasSaved)
                AtomicFile.DeleteUnfinished(_path);
            _hasSaved = true;
            AtomicFile.WriteAllBytes(_path, file.Span, PreviousPath);
        }
    }

    private static PeerStoreContent? Read(string path)
    {
        try
        {
            return AtomicFile.ReadBounded(path, MaxFileSize) is { } file ? PeerFile.Read(file) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new() { Problem = exception.Message };
        }
    }
}
