namespace Discovery.Transports;

/// <summary>Small files that are replaced as a whole: whoever reads one sees the old content or the new, also after a crash.</summary>
internal static class AtomicFile
{
    private const string Unfinished = ".tmp";

    /// <summary>Writes a file under another name, flushes it to the disk, then gives it its own name. On Unix only the owner may read it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="previousPath">Where the old file is kept; null to lose it. For a moment then there is no file of the first name.</param>
    /// <exception cref="IOException">The file cannot be written, or is a folder, a device or a pipe; what was there is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> content, string? previousPath = null)
    {
        ThrowIfOther(path);
        string temporary = $"{path}.{Guid.NewGuid():N}{Unfinished}";
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (FileStream stream = new(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            if (previousPath is not null && File.Exists(path))
                File.Move(path, previousPath, overwrite: true);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            // Gone already when all went well; then this does nothing. It must not hide the exception when the folder itself is missing.
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    /// <summary>Deletes what writers of a file left behind that were killed. None may be at work.</summary>
    public static void DeleteUnfinished(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (Directory.Exists(folder))
            foreach (string left in Directory.EnumerateFiles(folder, $"{Path.GetFileName(path)}.{new string('?', 32)}{Unfinished}"))
                File.Delete(left);
    }

    /// <summary>Reads a file of at most so many bytes.</summary>
    /// <returns>Null when there is nothing of that name.</returns>
    /// <exception cref="IOException">It cannot be read, is longer than that, or is a folder, a device or a pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static byte[]? ReadBounded(string path, int maxBytes)
    {
        // One byte more than allowed tells a longer file.
        byte[]? content = ReadStart(path, maxBytes + 1);
        return content is null || content.Length <= maxBytes ? content : throw new IOException($"'{path}' is longer than {maxBytes} bytes.");
    }

    /// <summary>Reads a file, of a long one the first so many bytes.</summary>
    /// <returns>Null when there is nothing of that name.</returns>
    /// <exception cref="IOException">It cannot be read, or is a folder, a device or a pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static byte[]? ReadStart(string path, int maxBytes)
    {
        ThrowIfOther(path);
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            // One byte more than it claims: it may be longer by now.
            byte[] content = new byte[Math.Min(stream.Length + 1, maxBytes)];
            return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // A device or a pipe would be opened in vain, or for ever, and a write would put a file in its place.
    private static void ThrowIfOther(string path)
    {
        if (FileKind.IsOther(path))
            throw new IOException($"'{path}' is not a regular file.");
    }
}
