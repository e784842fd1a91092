using System.Net;

namespace Discovery.Interop.Tests.Support;

/// <summary>Loopback addresses that no other run on this machine uses: a /24 of 127/8 for each process.</summary>
internal static class Loopback
{
    public static readonly string Prefix = $"127.{64 + Environment.ProcessId / 256 % 128}.{Environment.ProcessId % 256}.";

    /// <summary>The address with this last byte.</summary>
    public static IPAddress Address(int last) => IPAddress.Parse($"{Prefix}{last}");

    public static PeerEndPoint EndPoint(int last, int port) => new(Address(last), port);
}
