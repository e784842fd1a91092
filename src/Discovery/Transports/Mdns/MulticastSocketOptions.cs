using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Discovery.Mdns;

namespace Discovery.Transports;

/// <summary>Opens a socket on the port of mDNS that shares it with others, hears one interface and speaks on it.</summary>
internal static class MulticastSocketOptions
{
    // Of Linux, which .NET has no name for.
    private const int ReuseAddress = 2, LevelIPv4 = 0, LevelIPv6 = 41, MulticastInterfaceIPv4 = 32, AddMembershipIPv4 = 35, MulticastAllIPv4 = 49, MulticastAllIPv6 = 29;

    /// <summary>RFC 6762 11: whoever checks it knows that a datagram has not come through a router.</summary>
    private const int HopLimit = 255;

    private static readonly IPAddress s_groupIPv4 = MdnsNode.GroupIPv4.Address, s_groupIPv6 = MdnsNode.GroupIPv6.Address;

    /// <exception cref="SocketException">The port is denied, or the interface gone.</exception>
    public static Socket Open(MulticastInterface card, bool ipv4, bool isPortShared)
    {
        Socket socket = new(ipv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Share(socket);
            if (!ipv4)
                socket.DualMode = false;
            // Bound to the group it takes nothing that is meant for another program on this host. Windows does not allow that.
            IPAddress group = ipv4 ? s_groupIPv4 : new IPAddress(s_groupIPv6.GetAddressBytes(), card.Index);
            IPAddress any = ipv4 ? IPAddress.Any : IPAddress.IPv6Any;
            socket.Bind(new IPEndPoint(isPortShared && !OperatingSystem.IsWindows() ? group : any, MdnsNode.Port));
            if (ipv4)
                JoinIPv4(socket, card);
            else
                JoinIPv6(socket, card);
            socket.Ttl = HopLimit;
            if (OperatingSystem.IsLinux())
                HearOwnInterfaceOnly(socket, ipv4);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Where our multicasts leave, and the address that they bear.</summary>
    public static void SpeakOn(Socket socket, MulticastInterface card)
    {
        if (!OperatingSystem.IsLinux())
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(card.Index));
            return;
        }
        // Without the address, that of another interface may be taken for datagrams on loopback.
        SetInterface(socket, MulticastInterfaceIPv4, 0, card.Addresses.FirstOrDefault(static address => address.Address.IsIPv4).Address.IPv4Bits, card.Index);
    }

    /// <summary>Sets an option that takes a <c>struct ip_mreqn</c>.</summary>
    private static void SetInterface(Socket socket, int option, uint group, uint address, int index)
    {
        Span<byte> request = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(request, group);
        BinaryPrimitives.WriteUInt32BigEndian(request[4..], address);
        MemoryMarshal.Write(request[8..], index);
        socket.SetRawSocketOption(LevelIPv4, option, request);
    }

    private static void Share(Socket socket)
    {
        // .NET's ReuseAddress sets SO_REUSEPORT as well, and Linux would then deal out what comes to this host alone among all programs on the port.
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(LinuxSocketCalls.SocketLevel, ReuseAddress, BitConverter.GetBytes(1));
        else
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
    }

    private static void JoinIPv4(Socket socket, MulticastInterface card)
    {
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, HopLimit);
        SpeakOn(socket, card);
        // MulticastOption takes no index of more than 24 bits.
        if (OperatingSystem.IsLinux())
            SetInterface(socket, AddMembershipIPv4, MdnsNode.GroupIPv4.IPv4Bits, 0, card.Index);
        else
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(s_groupIPv4, card.Index));
    }

    private static void JoinIPv6(Socket socket, MulticastInterface card)
    {
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.PacketInformation, true);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastLoopback, true);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, HopLimit);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, card.Index);
        socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(s_groupIPv6, card.Index));
    }

    /// <summary>Otherwise it hears what any program of this host has joined, on any interface. Older kernels do not know it for IPv6; then the interface of each datagram tells.</summary>
    private static void HearOwnInterfaceOnly(Socket socket, bool ipv4)
    {
        try
        {
            socket.SetRawSocketOption(ipv4 ? LevelIPv4 : LevelIPv6, ipv4 ? MulticastAllIPv4 : MulticastAllIPv6, BitConverter.GetBytes(0));
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ProtocolOption or SocketError.OperationNotSupported)
        {
            return;
        }
    }
}
