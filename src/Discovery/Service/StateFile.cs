using Discovery.Kademlia;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>The routing table between two runs. A file that cannot be read or written costs the restart some time, and never the start.</summary>
internal sealed class StateFile(string? path, ILogger logger)
{
    private readonly Lock _gate = new();

    public ReadOnlyMemory<byte> Read()
    {
        if (path is null)
            return default;
        try
        {
            return AtomicFile.ReadBounded(path, RoutingTableSnapshot.MaxSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ServiceLog.StateUnreadable(logger, path, exception);
            return default;
        }
    }

    /// <summary>Says that what was read is damaged.</summary>
    public void Damaged() => ServiceLog.StateUnreadable(logger, path!, null);

    public void Write(DhtNode node)
    {
        if (path is null)
            return;
        byte[] state = node.SaveCounted(out int nodes);
        // Nobody is less than what the file of an earlier run knows.
        if (nodes == 0)
            return;
        try
        {
            lock (_gate)
                AtomicFile.WriteAllBytes(path, state);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ServiceLog.StateUnwritable(logger, path, exception);
        }
    }
}
