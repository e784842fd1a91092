using Discovery.Kademlia;
using Discovery.Transports;
using Microsoft.Extensions.Logging;

namespace Discovery.Service;

/// <summary>The routing table between two runs. A file that cannot be read or written costs the restart some time, and never the start; one that is something else is a mistake in the options.</summary>
internal sealed class StateFile(string? path, ILogger logger)
{
    private readonly Lock _gate = new();

    /// <exception cref="DiscoveryException">Something else is there, which is not to be lost.</exception>
    public ReadOnlyMemory<byte> Read()
    {
        if (path is null)
            return default;
        if (FileKind.IsOther(path))
            throw new DiscoveryException($"'{path}' is not a regular file: no state can be kept there.");
        try
        {
            byte[]? start = AtomicFile.ReadStart(path, RoutingTableSnapshot.MaxSize + 1);
            if (start is { Length: > 0 } && !RoutingTableSnapshot.IsOne(start))
                throw new DiscoveryException($"'{path}' is not the state of a node, and is left as it is.");
            return start is null || start.Length <= RoutingTableSnapshot.MaxSize ? start : throw new IOException($"It is longer than {RoutingTableSnapshot.MaxSize} bytes.");
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
