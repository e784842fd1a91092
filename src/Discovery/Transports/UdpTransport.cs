using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>A UDP socket of one address family, with one thread that receives and answers.</summary>
/// <remarks>
/// IPv6 sockets take no IPv4: use one transport per family. Payloads are at most 1472 bytes outward and 2048 bytes inward; longer ones are dropped, as is
/// whatever comes from or would go to an address that is not unicast. Nothing the network or the receiver does ends the thread; only disposal does.
/// </remarks>
public sealed class UdpTransport : IDatagramTransport
{
    /// <summary>Receivers parse datagrams and verify signatures; neither goes deep.</summary>
    private const int StackBytes = 256 * 1024;

    private readonly UdpTransportOptions _options;
    private readonly Func<DatagramCounters, IDatagramSocket> _open;
    private readonly PeerEndPoint _listen;
    private readonly ILogger _logger;
    private readonly Lock _lifeCycle = new();
    private readonly DatagramCounters _counters = new();
    private UdpReceiveLoop? _loop;
    private bool _disposed;

    /// <summary>Prepares a transport; nothing is opened before <see cref="Start"/>.</summary>
    /// <param name="listen">Where to listen; the unspecified address means every interface, port 0 any free port.</param>
    /// <param name="options">Null for the defaults.</param>
    public UdpTransport(PeerEndPoint listen, UdpTransportOptions? options = null) : this(listen, options, null) { }

    /// <summary>Prepares a transport; nothing is opened before <see cref="Start"/>.</summary>
    /// <param name="listen">Where to listen; the unspecified address means every interface, port 0 any free port.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="listen"/> is neither IPv4 nor IPv6.</exception>
    public UdpTransport(IPEndPoint listen, UdpTransportOptions? options = null) : this(PeerEndPoint.FromIPEndPoint(listen), options, null) { }

    /// <summary>As above, on sockets opened by <paramref name="open"/>.</summary>
    internal UdpTransport(PeerEndPoint listen, UdpTransportOptions? options, Func<DatagramCounters, IDatagramSocket>? open)
    {
        _listen = listen;
        _options = options ?? new();
        _logger = HarmlessLogger.Create<UdpTransport>(_options.LoggerFactory);
        _open = open ?? (counters => UdpSocketFactory.Open(_listen, _options, counters));
    }

    /// <inheritdoc/>
    public PeerEndPoint LocalEndPoint => Volatile.Read(ref _loop)?.Socket.LocalEndPoint ?? _listen;

    /// <summary>What has passed so far.</summary>
    internal DatagramCounts Counts => _counters.Snapshot();

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    /// <exception cref="SocketException">The end point cannot be bound; the message names it.</exception>
    public void Start(IDatagramReceiver receiver)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        lock (_lifeCycle)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_loop is not null)
                throw new InvalidOperationException("The transport has been started before.");
            IDatagramSocket socket = _open(_counters);
            UdpReceiveLoop loop = new(socket, new(receiver, socket.LocalEndPoint, _counters, _logger), _counters, _logger);
            try
            {
                new Thread(loop.Run, StackBytes) { IsBackground = true, Name = $"UDP {socket.LocalEndPoint}" }.Start();
            }
            catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
            {
                socket.Dispose();
                throw;
            }
            Volatile.Write(ref _loop, loop);
            TransportLog.Listening(_logger, socket.LocalEndPoint, socket.GetType().Name);
        }
    }

    /// <inheritdoc/>
    public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
    {
        if (!_counters.Accepts(datagram, destination, _listen.IsIPv4))
            return false;
        if (Volatile.Read(ref _loop) is { } loop)
            return loop.Send(datagram, destination);
        _counters.AddUnsent();
        return false;
    }

    /// <summary>Ends reception and closes the socket; idempotent, from any thread, at any moment. Completes when no call to the receiver runs any more.</summary>
    /// <remarks>Called from within the receiver it does not wait: the batch it is called from ends without delivering more.</remarks>
    public ValueTask DisposeAsync()
    {
        lock (_lifeCycle)
            _disposed = true;
        return _loop is { } loop ? new(loop.StopAsync()) : ValueTask.CompletedTask;
    }
}
