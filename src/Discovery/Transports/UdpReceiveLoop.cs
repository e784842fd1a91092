using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>The one thread that receives: no error of the socket and no exception of the receiver ends it.</summary>
internal sealed class UdpReceiveLoop(IDatagramSocket socket, GuardedReceiver receiver, DatagramCounters counters, ILogger logger)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _stopping = new();
    private int _thread;
    private int _batchThread;

    public IDatagramSocket Socket => socket;

    public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
    {
        // Only the loop's own thread ever finds its own number here.
        if (Volatile.Read(ref _batchThread) == Environment.CurrentManagedThreadId)
            return socket.Enqueue(datagram, destination);
        return socket.Send(datagram, destination);
    }

    public Task StopAsync()
    {
        _stopping.Set();
        socket.Wake();
        return Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId ? Task.CompletedTask : _ended.Task;
    }

    public void Run()
    {
        Volatile.Write(ref _thread, Environment.CurrentManagedThreadId);
        ReceiveBackOff backOff = new();
        while (!_stopping.IsSet)
        {
            try
            {
                int count = socket.Receive();
                backOff.Reset();
                if (count > 0 && !_stopping.IsSet)
                    Deliver(count);
            }
            catch (Exception exception)
            {
                if (_stopping.IsSet)
                    break;
                long errors = counters.AddReceiveError();
                if (long.IsPow2(errors))
                    TransportLog.ReceiveFailed(logger, socket.LocalEndPoint, errors, exception);
                _stopping.Wait(backOff.Next());
            }
        }
        Volatile.Write(ref _thread, 0);
        socket.Dispose();
        _ended.SetResult();
    }

    private void Deliver(int count)
    {
        int delivered = 0;
        long bytes = 0;
        Volatile.Write(ref _batchThread, Environment.CurrentManagedThreadId);
        receiver.BeginBatch();
        try
        {
            for (int slot = 0; slot < count && !_stopping.IsSet; slot++)
            {
                if (!socket.TryGet(slot, out ReadOnlySpan<byte> datagram, out PeerEndPoint source))
                {
                    counters.AddTooLong();
                    continue;
                }
                if (!source.IsUnicast)
                {
                    counters.AddAddress();
                    continue;
                }
                delivered++;
                bytes += datagram.Length;
                int length = receiver.Receive(datagram, source, socket.ReplyBuffer);
                if (length > 0)
                    socket.Reply(slot, length);
            }
        }
        finally
        {
            // A receiver holds a lock for the batch: whatever the socket does, it has to get it back.
            receiver.EndBatch();
            Volatile.Write(ref _batchThread, 0);
        }
        socket.Flush();
        counters.AddReceived(delivered, bytes);
    }
}
