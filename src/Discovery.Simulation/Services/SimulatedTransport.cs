using System.Buffers;
using System.Collections.Concurrent;
using Discovery.Simulation.Engine;
using Discovery.Transports;

namespace Discovery.Simulation.Services;

/// <summary>A host whose protocol is run by the application: what arrives is handed to its receiver, what it sends waits until the engine fetches it.</summary>
/// <remarks>The engine calls with its lock held, one call at a time. <see cref="Send"/> never takes that lock, for the receiver may be locked by whoever sends.</remarks>
internal sealed class SimulatedTransport(SimulatedNetwork network, PeerEndPoint endPoint) : SimulatedHost(endPoint), IDatagramTransport
{
    private readonly ConcurrentQueue<(byte[] Buffer, int Length, PeerEndPoint To)> _leaving = new();
    private readonly DatagramCounters _counters = new();
    private readonly PeerEndPoint _local = endPoint;
    private IDatagramReceiver? _receiver;
    private volatile bool _isOpen, _isDisposed;

    public PeerEndPoint LocalEndPoint => _local;

    /// <summary>Whether something is to be sent.</summary>
    public bool HasMail => !_leaving.IsEmpty;

    public override TimeSpan NextTimeout => TimeSpan.MaxValue;

    public void Start(IDatagramReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Interlocked.CompareExchange(ref _receiver, receiver, null) is not null)
            throw new InvalidOperationException("The transport has been started before.");
        network.Connect(this);
        _isOpen = true;
    }

    public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
    {
        if (!_isOpen || !_counters.Accepts(datagram, destination, fromIPv4: true))
            return false;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(datagram.Length);
        datagram.CopyTo(buffer);
        _leaving.Enqueue((buffer, datagram.Length, destination));
        return true;
    }

    /// <summary>Leaves the network. Completes when no call to the receiver runs any more, unless it is that call which asks.</summary>
    public ValueTask DisposeAsync()
    {
        bool wasOpen = _isOpen;
        (_isDisposed, _isOpen) = (true, false);
        if (wasOpen)
            network.Disconnect(this);
        return ValueTask.CompletedTask;
    }

    /// <remarks>What the receiver throws ends the run: it is a defect that a test is there to show.</remarks>
    public override int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint from, TimeSpan now, Span<byte> reply)
    {
        network.Reach(now);
        IDatagramReceiver receiver = _receiver!;
        receiver.BeginBatch();
        try
        {
            return receiver.Receive(datagram, from, reply);
        }
        finally
        {
            receiver.EndBatch();
        }
    }

    public override void HandleTimeout(TimeSpan now) { }

    public override int PollTransmit(Span<byte> datagram, TimeSpan now, out PeerEndPoint to)
    {
        if (!_leaving.TryDequeue(out (byte[] Buffer, int Length, PeerEndPoint To) next))
        {
            to = default;
            return 0;
        }
        next.Buffer.AsSpan(0, next.Length).CopyTo(datagram);
        ArrayPool<byte>.Shared.Return(next.Buffer);
        to = next.To;
        return next.Length;
    }
}
