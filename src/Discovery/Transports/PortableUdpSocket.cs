using System.Net;
using System.Net.Sockets;

namespace Discovery.Transports;

/// <summary>A UDP socket through the BCL: one call per datagram, on any system, without allocating.</summary>
internal sealed class PortableUdpSocket : IDatagramSocket
{
    /// <summary>One byte more than is accepted: a datagram that fills it was too long, whether the system says so or silently cuts it.</summary>
    private const int SlotSize = DatagramSize.MaxReceived + 1;

    private const int MaxBatch = 16;
    private const int SendTimeoutMilliseconds = 10;

    [ThreadStatic]
    private static SocketAddress? s_destinationIPv4;

    [ThreadStatic]
    private static SocketAddress? s_destinationIPv6;

    private readonly Socket _socket;
    private readonly AddressFamily _family;
    private readonly DatagramCounters _counters;
    private readonly byte[] _slots;
    private readonly byte[] _reply = new byte[DatagramSize.MaxSent];
    private readonly int[] _lengths;
    private readonly SocketAddress[] _sources;

    public PortableUdpSocket(Socket socket, int batchSize, DatagramCounters counters)
    {
        _socket = socket;
        _family = socket.AddressFamily;
        _counters = counters;
        int batch = Math.Min(batchSize, MaxBatch);
        _slots = new byte[batch * SlotSize];
        _lengths = new int[batch];
        _sources = new SocketAddress[batch];
        for (int i = 0; i < batch; i++)
            _sources[i] = new(_family);
        LocalEndPoint = PeerEndPoint.FromIPEndPoint((IPEndPoint)socket.LocalEndPoint!);
        socket.SendTimeout = SendTimeoutMilliseconds;
    }

    public PeerEndPoint LocalEndPoint { get; }

    public Span<byte> ReplyBuffer => _reply;

    public int Receive()
    {
        int count = 0;
        do
        {
            try
            {
                _lengths[count] = _socket.ReceiveFrom(_slots.AsSpan(count * SlotSize, SlotSize), SocketFlags.None, _sources[count]);
                count++;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
            {
                _counters.AddTooLong(); // Windows fails where others cut
            }
            catch (SocketException) when (count > 0)
            {
                _counters.AddReceiveError();
                return count; // what came before the error is still delivered
            }
        }
        while (count == 0 || count < _lengths.Length && _socket.Available > 0);
        return count;
    }

    public bool TryGet(int slot, out ReadOnlySpan<byte> datagram, out PeerEndPoint source)
    {
        source = RawSocketAddress.Read(_sources[slot].Buffer.Span, _family);
        datagram = _slots.AsSpan(slot * SlotSize, _lengths[slot]);
        return _lengths[slot] <= DatagramSize.MaxReceived;
    }

    public void Reply(int slot, int length) => SendTo(_reply.AsSpan(0, length), _sources[slot]);

    public bool Enqueue(ReadOnlySpan<byte> datagram, in PeerEndPoint destination) => Send(datagram, destination);

    public void Flush()
    {
        // Nothing waits: each call sends.
    }

    public bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
    {
        SocketAddress address = _family == AddressFamily.InterNetwork
            ? s_destinationIPv4 ??= new(_family)
            : s_destinationIPv6 ??= new(_family);
        RawSocketAddress.Write(address.Buffer.Span, destination);
        return SendTo(datagram, address);
    }

    /// <summary>Closes the socket: on some systems nothing else ends a blocking call.</summary>
    public void Wake() => _socket.Dispose();

    public void Dispose() => _socket.Dispose();

    private bool SendTo(ReadOnlySpan<byte> datagram, SocketAddress destination)
    {
        try
        {
            _counters.AddSent(1, _socket.SendTo(datagram, SocketFlags.None, destination));
            return true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _counters.AddUnsent();
            return false;
        }
    }
}
