using System.Runtime.InteropServices;

namespace Discovery.Transports;

/// <summary>Tells a file that holds bytes from the other things that have names in a folder.</summary>
internal static unsafe partial class FileKind
{
    // linux/stat.h: struct statx is the same on every architecture.
    private const int StatSize = 256, ModeOffset = 28;
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint TypeOnly = 1;        // STATX_TYPE
    private const int TypeMask = 0xF000, Regular = 0x8000; // S_IFMT, S_IFREG

    /// <summary>Whether a folder, a device, a pipe or a socket has this name. Links are followed. What is not there is nothing else; beside Linux only folders are told.</summary>
    public static bool IsOther(string path)
    {
        if (!OperatingSystem.IsLinux())
            return Directory.Exists(path);
        byte* stat = stackalloc byte[StatSize];
        try
        {
            return GetStatus(CurrentFolder, Path.GetFullPath(path), 0, TypeOnly, stat) == 0 && (*(ushort*)(stat + ModeOffset) & TypeMask) != Regular;
        }
        catch (EntryPointNotFoundException)
        {
            return Directory.Exists(path); // A C library of before 2018.
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int folder, string path, int flags, uint mask, byte* status);
}
