using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Discovery.Transports;

/// <summary>The Linux system calls that .NET does not offer. The structures are those of the 64-bit kernel, alike on x64 and arm64.</summary>
internal static unsafe partial class LinuxSocketCalls
{
    public const int MessageTruncated = 0x20;   // MSG_TRUNC
    public const int DoNotWait = 0x40;          // MSG_DONTWAIT
    public const int PollIn = 0x1;
    public const int PollOut = 0x4;
    public const int SocketLevel = 1;           // SOL_SOCKET
    public const int ForceReceiveBuffer = 33;   // SO_RCVBUFFORCE

    public const int Interrupted = 4;           // EINTR
    public const int Again = 11;                // EAGAIN
    private const int BadDescriptor = 9;        // EBADF

    private const int ReadWrite = 0x1 | 0x2;            // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 0x2 | 0x20;    // MAP_PRIVATE | MAP_ANONYMOUS
    private const int EventNonBlockingCloseOnExec = 0x800 | 0x80000;

    /// <summary>Whether this process may make the calls: not where a system-call filter or another libc forbids them.</summary>
    public static bool IsSupported { get; } = Probe();

    /// <summary>AF_INET or AF_INET6.</summary>
    public static ushort SystemFamily(AddressFamily family) => (ushort)(family == AddressFamily.InterNetwork ? 2 : 10);

    /// <summary>A new event descriptor with which one thread wakes another from <see cref="Poll"/>.</summary>
    public static int CreateEvent() => EventFd(0, EventNonBlockingCloseOnExec);

    /// <summary>Zeroed memory of which a page becomes real when it is first touched, whatever the size; the heap would fill a small block with zeros at once.</summary>
    public static byte* Map(nuint size)
    {
        byte* memory = MemoryMap(null, size, ReadWrite, PrivateAnonymous, -1, 0);
        return memory != (byte*)-1 ? memory : throw new OutOfMemoryException();
    }

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(byte* memory, nuint size);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(int socket, MultiMessageHeader* messages, uint count, int flags, nint timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(int socket, MultiMessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(SafeHandle socket, byte* data, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* data, nuint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* MemoryMap(void* address, nuint size, int protection, int flags, int descriptor, nint offset);

    private static bool Probe()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || !BitConverter.IsLittleEndian)
            return false;
        try
        {
            // No descriptor has the number -1: a kernel that knows the calls says so.
            return ReceiveMessages(-1, null, 0, 0, 0) < 0 && Marshal.GetLastPInvokeError() == BadDescriptor
                && SendMessages(-1, null, 0, 0) < 0 && Marshal.GetLastPInvokeError() == BadDescriptor;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary><c>struct mmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MultiMessageHeader
    {
        public MessageHeader Header;
        public uint Length;
    }

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short ReturnedEvents;
    }
}
