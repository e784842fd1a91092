using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>Stands between a transport and its receiver: whatever the receiver throws is counted and logged, and the transport goes on.</summary>
internal sealed class GuardedReceiver(IDatagramReceiver receiver, PeerEndPoint local, DatagramCounters counters, ILogger logger)
{
    public void BeginBatch()
    {
        try
        {
            receiver.BeginBatch();
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
    }

    /// <summary>Delivers one datagram.</summary>
    /// <returns>The length of the reply: 0 for none, never more than <paramref name="reply"/> holds.</returns>
    public int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply)
    {
        try
        {
            int length = receiver.Receive(datagram, source, reply);
            if ((uint)length <= (uint)reply.Length)
                return length;
            throw new InvalidOperationException($"A reply of {length} bytes does not fit into the {reply.Length} of its buffer.");
        }
        catch (Exception exception)
        {
            Failed(exception);
            return 0;
        }
    }

    public void EndBatch()
    {
        try
        {
            receiver.EndBatch();
        }
        catch (Exception exception)
        {
            Failed(exception);
        }
    }

    private void Failed(Exception exception)
    {
        long count = counters.AddReceiverFailure();
        // The 1st, 2nd, 4th, 8th …: a failure per datagram must not fill the log.
        if (long.IsPow2(count))
            TransportLog.ReceiverFailed(logger, local, count, exception);
    }
}
