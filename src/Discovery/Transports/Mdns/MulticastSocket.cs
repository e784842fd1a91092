using System.Net;
using System.Net.Sockets;
using Discovery.Mdns;
using Microsoft.Extensions.Logging;

namespace Discovery.Transports;

/// <summary>A socket of this machine. Nothing but disposal ends its reception.</summary>
internal sealed class MulticastSocket : IMulticastSocket
{
    /// <summary>One byte more than is taken: what fills it was too long.</summary>
    private readonly byte[] _buffer = new byte[MdnsNode.MaxReceived + 1];
    private readonly Socket _socket;
    private readonly bool _isIPv4;
    private readonly MulticastReceiver _receiver;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SocketAddress _destination;
    private MulticastInterface _card;
    private long _receiveErrors, _receiverErrors, _sendErrors;

    /// <param name="socket">Bound and joined; owned from now on.</param>
    /// <param name="card">The interface.</param>
    /// <param name="ipv4">The family.</param>
    /// <param name="receiver">Who gets what arrives.</param>
    /// <param name="logger">Where logs go.</param>
    public MulticastSocket(Socket socket, MulticastInterface card, bool ipv4, MulticastReceiver receiver, ILogger logger)
    {
        (_socket, _card, _isIPv4, _receiver, _logger) = (socket, card, ipv4, receiver, logger);
        _destination = new(socket.AddressFamily);
        _ = ReceiveAsync(_stopping.Token);
    }

    /// <remarks>By one thread at a time.</remarks>
    public Exception? Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination)
    {
        // A group, and an address of the link, mean nothing without the interface.
        bool needsScope = !_isIPv4 && (destination.HighBits >> 56 == 0xFF || destination.HighBits >> 54 == 0xFE80 >> 6);
        RawSocketAddress.Write(_destination.Buffer.Span, destination, needsScope ? (uint)_card.Index : 0);
        try
        {
            _socket.SendTo(datagram, SocketFlags.None, _destination);
            return null;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            if (long.IsPow2(++_sendErrors))
                MdnsHostLog.SendFailed(_logger, _card.Name, _sendErrors, exception);
            return exception;
        }
    }

    public void AddressesChanged(MulticastInterface card)
    {
        _card = card;
        try
        {
            if (_isIPv4)
                MulticastSocketOptions.SpeakOn(_socket, card);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            MdnsHostLog.SendFailed(_logger, card.Name, ++_sendErrors, exception);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _socket.Dispose();
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        // The caller goes on at once.
        await Task.Yield();
        IPEndPoint any = new(_isIPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
        ReceiveBackOff backOff = new();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                SocketReceiveMessageFromResult received = await _socket.ReceiveMessageFromAsync(_buffer, SocketFlags.None, any, cancellationToken).ConfigureAwait(false);
                backOff.Reset();
                Deliver(received);
            }
            catch (Exception exception)
            {
                if (cancellationToken.IsCancellationRequested)
                    return;
                if (long.IsPow2(++_receiveErrors))
                    MdnsHostLog.ReceiveFailed(_logger, _card.Name, _receiveErrors, exception);
                await Task.Delay(backOff.Next(), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Deliver(in SocketReceiveMessageFromResult received)
    {
        IPPacketInformation information = received.PacketInformation;
        byte first = information.Address.GetAddressBytes()[0];
        bool viaMulticast = _isIPv4 ? first >> 4 == 0xE : first == 0xFF;
        // What came to the group on another interface, the socket of that one hears too.
        if (viaMulticast && information.Interface != _card.Index)
            return;
        try
        {
            _receiver(_buffer.AsSpan(0, received.ReceivedBytes), PeerEndPoint.FromIPEndPoint((IPEndPoint)received.RemoteEndPoint), information.Interface, viaMulticast);
        }
        catch (Exception exception)
        {
            if (long.IsPow2(++_receiverErrors))
                MdnsHostLog.ReceiverFailed(_logger, _card.Name, _receiverErrors, exception);
        }
    }
}
