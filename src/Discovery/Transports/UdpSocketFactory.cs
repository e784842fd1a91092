using System.Net.Sockets;

namespace Discovery.Transports;

/// <summary>Opens UDP sockets the way every transport wants them.</summary>
internal static class UdpSocketFactory
{
    private const int DisableConnectionReset = -1744830452; // SIO_UDP_CONNRESET

    /// <summary>A bound socket in the fastest form this system has.</summary>
    /// <exception cref="SocketException">The end point cannot be bound; the message names it.</exception>
    public static IDatagramSocket Open(PeerEndPoint listen, UdpTransportOptions options, DatagramCounters counters)
    {
        Socket? socket = null;
        try
        {
            socket = new(listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            Configure(socket, options);
            socket.Bind(listen.ToIPEndPoint());
            return options.UseBatchedSystemCalls && LinuxSocketCalls.IsSupported
                ? new LinuxUdpSocket(socket, options.BatchSize, counters)
                : new PortableUdpSocket(socket, options.BatchSize, counters);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new SocketException((int)exception.SocketErrorCode, $"Cannot listen on UDP {listen}: {exception.Message}");
        }
    }

    private static void Configure(Socket socket, UdpTransportOptions options)
    {
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = false;
        if (OperatingSystem.IsWindows())
        {
            socket.ExclusiveAddressUse = true;
            // Otherwise an ICMP "port unreachable" for what we sent makes the next receive fail with 10054.
            socket.IOControl(DisableConnectionReset, [0, 0, 0, 0], null);
        }
        if (options.ReceiveBufferBytes > 0)
            GrowReceiveBuffer(socket, options.ReceiveBufferBytes);
    }

    private static void GrowReceiveBuffer(Socket socket, int bytes)
    {
        // A privileged process may pass the system's limit; any other takes what it gets.
        if (OperatingSystem.IsLinux() && Try(static (socket, bytes) =>
                socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, LinuxSocketCalls.ForceReceiveBuffer, BitConverter.GetBytes(bytes)), socket, bytes))
            return;
        Try(static (socket, bytes) => socket.ReceiveBufferSize = bytes, socket, bytes);
    }

    private static bool Try(Action<Socket, int> set, Socket socket, int value)
    {
        try
        {
            set(socket, value);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
