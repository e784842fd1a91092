using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Discovery.Cryptography;

/// <summary>A private key on disk: PKCS#8 (RFC 5958, RFC 8410) in PEM (RFC 7468), byte for byte as <c>openssl pkey</c> writes it.</summary>
internal static unsafe partial class IdentityFile
{
    // Far above any Ed25519 key with comments around it; keeps a wrong path from reading a disk image.
    private const int MaxFileSize = 16 * 1024;

    private const int DerSize = 48, EncodedSize = 64;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int AlreadyExists = 17; // EEXIST, the same on Linux, macOS and the BSDs.

    private static ReadOnlySpan<byte> Header => "-----BEGIN PRIVATE KEY-----"u8;

    private static ReadOnlySpan<byte> Footer => "-----END PRIVATE KEY-----"u8;

    // SEQUENCE { INTEGER 0, SEQUENCE { OID 1.3.101.112 }, OCTET STRING { OCTET STRING { the seed } } }
    private static ReadOnlySpan<byte> DerPrefix => [0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    public static PeerIdentity Load(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        byte[] text = GC.AllocateArray<byte>(MaxFileSize, pinned: true);
        Span<byte> der = stackalloc byte[DerSize];
        try
        {
            int length = stream.ReadAtLeast(text, MaxFileSize, throwOnEndOfStream: false);
            return TryDecode(text.AsSpan(0, length), der)
                ? PeerIdentity.FromSeed(der[DerPrefix.Length..])
                : throw new DiscoveryException($"'{path}' is not an unencrypted Ed25519 private key in PKCS#8 PEM, such as 'openssl genpkey -algorithm ed25519' writes.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(der);
        }
    }

    public static PeerIdentity LoadOrCreate(string path)
    {
        if (File.Exists(path))
            return Load(path);
        // What the system would say names a temporary file.
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new DirectoryNotFoundException($"The folder of '{path}' does not exist.");
        PeerIdentity? identity = PeerIdentity.Create();
        try
        {
            if (TryCreate(path, identity))
            {
                PeerIdentity created = identity;
                identity = null;
                return created;
            }
        }
        finally
        {
            identity?.Dispose();
        }
        return Load(path);
    }

    /// <summary>Writes the file under another name, then gives it its own, which fails when somebody else was first.</summary>
    private static bool TryCreate(string path, PeerIdentity identity)
    {
#pragma warning disable RS0030 // A name that no other process uses has to come from the machine.
        string temporary = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp";
#pragma warning restore RS0030
        try
        {
            Write(temporary, identity);
            if (!OperatingSystem.IsWindows())
                return TryLink(temporary, path);
            try
            {
                File.Move(temporary, path, overwrite: false);
                return true;
            }
            catch (IOException) when (File.Exists(path))
            {
                return false;
            }
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void Write(string path, PeerIdentity identity)
    {
        byte[] text = GC.AllocateArray<byte>(Header.Length + EncodedSize + Footer.Length + 3, pinned: true);
        Span<byte> der = stackalloc byte[DerSize];
        try
        {
            DerPrefix.CopyTo(der);
            identity.CopySeed(der[DerPrefix.Length..]);
            Encode(der, text);
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            using FileStream stream = new(path, options);
            stream.Write(text);
            stream.Flush(flushToDisk: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static void Encode(ReadOnlySpan<byte> der, Span<byte> text)
    {
        Header.CopyTo(text);
        text[Header.Length] = (byte)'\n';
        text = text[(Header.Length + 1)..];
        Base64.EncodeToUtf8(der, text, out _, out int written);
        text[written] = (byte)'\n';
        Footer.CopyTo(text[(written + 1)..]);
        text[^1] = (byte)'\n';
    }

    // RFC 7468 lets explanatory text stand around the key, and white space inside it.
    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> der)
    {
        int start = text.IndexOf(Header);
        if (start < 0)
            return false;
        ReadOnlySpan<byte> body = text[(start + Header.Length)..];
        int end = body.IndexOf(Footer);
        return end >= 0 && Base64.DecodeFromUtf8(body[..end], der, out _, out int written) == System.Buffers.OperationStatus.Done
            && written == DerSize && der.StartsWith(DerPrefix);
    }

    // link(2) is the one call that gives a file a name only if the name is free: rename(2) replaces, and File.Move checks first and renames then.
    private static bool TryLink(string existing, string path)
    {
        fixed (byte* from = NullTerminated(existing), to = NullTerminated(path))
        {
            if (link(from, to) == 0)
                return true;
        }
        int error = Marshal.GetLastPInvokeError();
        return error == AlreadyExists ? false : throw new IOException($"'{path}' cannot be created: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    private static byte[] NullTerminated(string path) => System.Text.Encoding.UTF8.GetBytes(Path.GetFullPath(path) + '\0');

    [LibraryImport("libc", SetLastError = true)]
    private static partial int link(byte* existing, byte* path);
}
