using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>One end point of an <see cref="InMemoryNetwork"/>.</summary>
public sealed class InMemoryTransport : IDatagramTransport
{
    private readonly InMemoryNetwork _network;
    private readonly PeerEndPoint _listen;
    private readonly ILogger _logger;
    private readonly DatagramCounters _counters = new();
    private readonly Lock _lifeCycle = new();
    private Attachment? _attachment;
    private volatile bool _disposed;

    internal InMemoryTransport(InMemoryNetwork network, PeerEndPoint listen, ILogger logger) => (_network, _listen, _logger) = (network, listen, logger);

    /// <inheritdoc/>
    public PeerEndPoint LocalEndPoint => Volatile.Read(ref _attachment)?.Local ?? _listen;

    /// <summary>What has passed so far.</summary>
    internal DatagramCounts Counts => _counters.Snapshot();

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="ObjectDisposedException">The transport or its network has been disposed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Another transport has the end point; the message names it.</exception>
    public void Start(IDatagramReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        lock (_lifeCycle)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_attachment is not null)
                throw new InvalidOperationException("The transport has been started before.");
            _network.Bind(this, _listen, local => Volatile.Write(ref _attachment, new(local, new(receiver, local, _counters, _logger))));
        }
    }

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
    {
        if (!_counters.Accepts(datagram, destination, _listen.IsIPv4))
            return false;
        if (_disposed || Volatile.Read(ref _attachment) is not { } attachment || !_network.Submit(datagram, attachment.Local, destination))
        {
            _counters.AddUnsent();
            return false;
        }
        _counters.AddSent(1, datagram.Length);
        return true;
    }

    /// <summary>Leaves the network; idempotent, from any thread, at any moment. Completes when no call to the receiver runs any more.</summary>
    /// <remarks>Called from within the receiver it does not wait: the batch it is called from ends without delivering more.</remarks>
    public ValueTask DisposeAsync()
    {
        lock (_lifeCycle)
            _disposed = true;
        return new(_network.Unbind(this));
    }

    /// <summary>Hands a batch to the receiver of this attached transport, with <paramref name="reply"/> as the buffer for each answer.</summary>
    internal void Deliver(List<InMemoryNetwork.Delivery> batch, Span<byte> reply)
    {
        GuardedReceiver receiver = _attachment!.Receiver;
        int delivered = 0;
        long bytes = 0;
        receiver.BeginBatch();
        foreach (InMemoryNetwork.Delivery delivery in batch)
        {
            if (_disposed)
                break;
            delivered++;
            bytes += delivery.Length;
            int length = receiver.Receive(delivery.Datagram, delivery.Source, reply);
            if (length > 0)
                Send(reply[..length], delivery.Source);
        }
        receiver.EndBatch();
        _counters.AddReceived(delivered, bytes);
    }

    private sealed record Attachment(PeerEndPoint Local, GuardedReceiver Receiver);
}
