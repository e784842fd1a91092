using System.Security.Cryptography;
using Discovery.Cryptography;

namespace Discovery;

/// <summary>The Ed25519 key pair of a peer. The private half never leaves the object except into a key file, and is zeroed by <see cref="Dispose"/>.</summary>
/// <remarks>Thread-safe. The private key lies in pinned memory, so that the garbage collector leaves no copies behind.</remarks>
public sealed class PeerIdentity : IDisposable
{
    private readonly Lock _gate = new();
    private readonly byte[] _seedAndPublicKey = GC.AllocateUninitializedArray<byte>(Ed25519.SeedSize + Ed25519.PublicKeySize, pinned: true);
    private bool _disposed;

    private PeerIdentity(ReadOnlySpan<byte> seed)
    {
        seed.CopyTo(_seedAndPublicKey);
        Span<byte> publicKey = _seedAndPublicKey.AsSpan(Ed25519.SeedSize);
        CryptographyBackend.Current.GetPublicKey(seed, publicKey);
        Id = new PeerId(publicKey);
    }

    /// <summary>The public key, which is the peer's id.</summary>
    public PeerId Id { get; }

    /// <summary>A new identity from the operating system's random generator.</summary>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    public static PeerIdentity Create()
    {
        Span<byte> seed = stackalloc byte[Ed25519.SeedSize];
#pragma warning disable RS0030 // A secret must not be reproducible: the machine's generator, never an injected one.
        RandomNumberGenerator.Fill(seed);
#pragma warning restore RS0030
        try
        {
            return new(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>The identity of a 32-byte seed (RFC 8032, 5.1.5). The caller zeroes its own copy.</summary>
    /// <exception cref="ArgumentException"><paramref name="seed"/> is not 32 bytes long.</exception>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    public static PeerIdentity FromSeed(ReadOnlySpan<byte> seed) => seed.Length == Ed25519.SeedSize
        ? new(seed)
        : throw new ArgumentException($"An Ed25519 seed has {Ed25519.SeedSize} bytes, not {seed.Length}.", nameof(seed));

    /// <summary>Reads a PKCS#8 PEM file, as <c>openssl genpkey -algorithm ed25519</c> writes it (RFC 8410).</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="DiscoveryException">The file is not an unencrypted Ed25519 private key.</exception>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    public static PeerIdentity Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return IdentityFile.Load(path);
    }

    /// <summary>Reads the file, or creates it with a new identity when it is missing: whole at once, and never over an existing file.
    /// Processes that race for the same file end with the same identity.</summary>
    /// <remarks>On Unix the file has mode 0600 from the moment it exists, and its file system must know hard links. On Windows it has the permissions of its folder.</remarks>
    /// <exception cref="IOException">The file cannot be read or created; its folder must exist.</exception>
    /// <exception cref="DiscoveryException">The file is not an unencrypted Ed25519 private key.</exception>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    public static PeerIdentity LoadOrCreate(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return IdentityFile.LoadOrCreate(path);
    }

    /// <summary>Signs <paramref name="message"/> into the 64 bytes of <paramref name="signature"/> (RFC 8032, 5.1.6). Does not allocate.</summary>
    /// <exception cref="ArgumentException"><paramref name="signature"/> is not 64 bytes long.</exception>
    /// <exception cref="ObjectDisposedException">The private key is gone.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        if (signature.Length != Ed25519.SignatureSize)
            throw new ArgumentException($"An Ed25519 signature has {Ed25519.SignatureSize} bytes, not {signature.Length}.", nameof(signature));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            CryptographyBackend.Current.Sign(_seedAndPublicKey, message, signature);
        }
    }

    /// <summary>Copies the seed into 32 bytes that the caller zeroes.</summary>
    internal void CopySeed(Span<byte> seed)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _seedAndPublicKey.AsSpan(0, Ed25519.SeedSize).CopyTo(seed);
        }
    }

    /// <summary>Zeroes the private key. <see cref="Id"/> stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            CryptographicOperations.ZeroMemory(_seedAndPublicKey);
        }
    }
}
