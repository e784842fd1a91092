using System.ComponentModel;
using System.Runtime.InteropServices;
using Discovery.Transports;
using Microsoft.Win32.SafeHandles;

namespace Discovery.Interop.Tests.Support;

/// <summary>Opens sockets in another network namespace. A socket stays where it was created, whoever uses it.</summary>
internal static partial class NetworkNamespace
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    /// <summary>A transport of ours with its socket in a namespace made by <c>ip netns</c>.</summary>
    public static UdpTransport Transport(string name, PeerEndPoint listen)
    {
        UdpTransportOptions options = new();
        return new(listen, options, counters => Inside(name, () => UdpSocketFactory.Open(listen, options, counters)));
    }

    /// <summary>Runs something in a namespace: on this thread, which is back before anybody else can use it. Nothing in it may await or start a thread.</summary>
    public static T Inside<T>(string name, Func<T> create)
    {
        using SafeFileHandle home = File.OpenHandle("/proc/thread-self/ns/net"), there = File.OpenHandle($"/run/netns/{name}");
        Enter(there);
        try
        {
            return create();
        }
        finally
        {
            Enter(home);
        }
    }

    private static void Enter(SafeFileHandle space)
    {
        if (SetNamespace(space, NewNetwork) != 0)
            throw new Win32Exception();
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle space, int kind);
}
