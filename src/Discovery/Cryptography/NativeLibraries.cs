using System.Reflection;
using System.Runtime.InteropServices;

namespace Discovery.Cryptography;

/// <summary>Finds the native libraries under the names that distributions give them.</summary>
internal static class NativeLibraries
{
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, nint> s_handles = [];
    private static bool s_resolving;

    /// <summary>Loads the first of <paramref name="fileNames"/> that has <paramref name="symbol"/>, and binds imports from <paramref name="library"/> to it.</summary>
    public static bool TryLoad(string library, string symbol, ReadOnlySpan<string> fileNames)
    {
        lock (s_gate)
        {
            if (s_handles.ContainsKey(library))
                return true;
            foreach (string fileName in fileNames)
            {
                if (!NativeLibrary.TryLoad(fileName, typeof(NativeLibraries).Assembly, null, out nint handle))
                    continue;
                if (!NativeLibrary.TryGetExport(handle, symbol, out _))
                {
                    NativeLibrary.Free(handle);
                    continue;
                }
                s_handles.Add(library, handle);
                if (!s_resolving)
                    NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
                return s_resolving = true;
            }
            return false;
        }
    }

    // Zero leaves every other library to the runtime.
    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? searchPath)
    {
        lock (s_gate)
            return s_handles.GetValueOrDefault(library);
    }
}
