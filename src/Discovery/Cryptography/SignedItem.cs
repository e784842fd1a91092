using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Discovery.Cryptography;
using Discovery.Encoding;

namespace Discovery;

/// <summary>A value signed by a peer: the mutable item of BEP 44. Newer wins by <see cref="Sequence"/>; any peer may store it and serve it again.</summary>
public sealed class SignedItem
{
    /// <summary>The longest salt: 64 bytes.</summary>
    public const int MaxSaltSize = 64;

    /// <summary>The longest encoded value that is read: 1000 bytes.</summary>
    public const int MaxValueSize = 1000;

    /// <summary>The longest encoded value that is created: 995 bytes, because some deployed nodes count the overhead.</summary>
    public const int MaxCreatedValueSize = 995;

    /// <summary>The most bytes that <see cref="WriteSignedBytes"/> writes.</summary>
    public const int MaxSignedSize = 9 + MaxSaltSize + 6 + 19 + 4 + MaxValueSize;

    private readonly byte[] _bytes;
    private readonly int _saltSize;

    // One array for salt, value and signature: the arguments have been checked.
    private SignedItem(in PeerId key, ReadOnlySpan<byte> salt, long sequence, ReadOnlySpan<byte> value)
    {
        _bytes = new byte[salt.Length + value.Length + Ed25519.SignatureSize];
        _saltSize = salt.Length;
        salt.CopyTo(_bytes);
        value.CopyTo(_bytes.AsSpan(salt.Length));
        (Key, Sequence) = (key, sequence);
        Span<byte> keyBytes = stackalloc byte[PeerId.Size];
        key.TryFormat(keyBytes);
        Target = ComputeTarget(keyBytes, salt);
    }

    /// <summary>Who signed it.</summary>
    public PeerId Key { get; }

    /// <summary>What tells the items of one key apart: 0 to 64 bytes.</summary>
    public ReadOnlyMemory<byte> Salt => _bytes.AsMemory(0, _saltSize);

    /// <summary>The version: 0 or more.</summary>
    public long Sequence { get; }

    /// <summary>The value as it was signed: one canonical bencoded value of 1 to 1000 bytes.</summary>
    public ReadOnlyMemory<byte> Value => _bytes.AsMemory(_saltSize, _bytes.Length - _saltSize - Ed25519.SignatureSize);

    /// <summary>The Ed25519 signature: 64 bytes.</summary>
    public ReadOnlyMemory<byte> Signature => _bytes.AsMemory(_bytes.Length - Ed25519.SignatureSize);

    /// <summary>Where the item lives in the key space: the SHA-1 of key and salt.</summary>
    public NodeId Target { get; }

    /// <summary>Signs a value.</summary>
    /// <param name="identity">Who signs.</param>
    /// <param name="salt">0 to 64 bytes.</param>
    /// <param name="sequence">0 or more; greater than that of every earlier version.</param>
    /// <param name="value">One canonical bencoded value of 1 to 995 bytes.</param>
    /// <exception cref="ArgumentException">The value is empty, too long or not canonical bencode, or the salt is too long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is negative.</exception>
    /// <exception cref="ObjectDisposedException">The identity has been disposed.</exception>
    public static SignedItem Create(PeerIdentity identity, ReadOnlySpan<byte> salt, long sequence, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        if (salt.Length > MaxSaltSize)
            throw new ArgumentException($"A salt has at most {MaxSaltSize} bytes, not {salt.Length}.", nameof(salt));
        if (value.Length > MaxCreatedValueSize)
            throw new ArgumentException($"A value has at most {MaxCreatedValueSize} bytes, not {value.Length}.", nameof(value));
        if (!Bencode.Validate(value, BencodeStrictness.Canonical, out BencodeError error))
            throw new ArgumentException($"The value is not canonical bencode: {error}.", nameof(value));
        SignedItem item = new(identity.Id, salt, sequence, value);
        Span<byte> signed = stackalloc byte[MaxSignedSize];
        identity.Sign(signed[..WriteSignedBytes(salt, sequence, value, signed)], item.SignatureBytes);
        return item;
    }

    /// <summary>Puts together an item that was received. Its signature is not checked: call <see cref="Verify()"/>.</summary>
    /// <returns>False when a part has a forbidden length, the sequence is negative, or the value is not canonical bencode.</returns>
    public static bool TryFrom(in PeerId key, ReadOnlySpan<byte> salt, long sequence, ReadOnlySpan<byte> value, ReadOnlySpan<byte> signature, [NotNullWhen(true)] out SignedItem? item)
    {
        item = null;
        if (!AreInBounds(salt, sequence, value, signature) || !Bencode.Validate(value, BencodeStrictness.Canonical, out _))
            return false;
        item = new(key, salt, sequence, value);
        signature.CopyTo(item.SignatureBytes);
        return true;
    }

    /// <summary>Whether the signature is that of <see cref="Key"/> over salt, sequence and value.</summary>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    public bool Verify()
    {
        Span<byte> key = stackalloc byte[PeerId.Size];
        Key.TryFormat(key);
        return Verify(key, Salt.Span, Sequence, Value.Span, Signature.Span);
    }

    /// <summary>Whether <paramref name="signature"/> is that of <paramref name="key"/> over the other parts. Does not allocate; whether the value is canonical is not looked at.</summary>
    /// <returns>False too when a part has a forbidden length or the sequence is negative.</returns>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    [SkipLocalsInit]
    public static bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, long sequence, ReadOnlySpan<byte> value, ReadOnlySpan<byte> signature)
    {
        if (!AreInBounds(salt, sequence, value, signature))
            return false;
        Span<byte> signed = stackalloc byte[MaxSignedSize];
        return Ed25519.Verify(key, signed[..WriteSignedBytes(salt, sequence, value, signed)], signature);
    }

    /// <summary>Writes what is signed (BEP 44): <c>4:salt</c>, the salt's length and the salt if it is not empty, then <c>3:seqi…e1:v</c> and the encoded value.</summary>
    /// <returns>The number of bytes written, at most <see cref="MaxSignedSize"/> for parts of allowed lengths; 0 when <paramref name="destination"/> is too short.</returns>
    public static int WriteSignedBytes(ReadOnlySpan<byte> salt, long sequence, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        BencodeWriter writer = new(destination);
        if (!salt.IsEmpty)
        {
            writer.WriteRaw("4:salt"u8);
            writer.WriteString(salt);
        }
        writer.WriteRaw("3:seq"u8);
        writer.WriteInteger(sequence);
        writer.WriteRaw("1:v"u8);
        writer.WriteRaw(value);
        return writer.Overflowed ? 0 : writer.Length;
    }

    /// <summary>Where the items of a key and a salt live: the SHA-1 of both (BEP 44). Does not allocate.</summary>
    /// <exception cref="ArgumentException">The key has not 32 bytes, or the salt has more than 64.</exception>
    public static NodeId ComputeTarget(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        if (key.Length != PeerId.Size)
            throw new ArgumentException($"A key has {PeerId.Size} bytes, not {key.Length}.", nameof(key));
        if (salt.Length > MaxSaltSize)
            throw new ArgumentException($"A salt has at most {MaxSaltSize} bytes, not {salt.Length}.", nameof(salt));
        Span<byte> keyAndSalt = stackalloc byte[PeerId.Size + MaxSaltSize];
        key.CopyTo(keyAndSalt);
        salt.CopyTo(keyAndSalt[PeerId.Size..]);
        return Hash(keyAndSalt[..(PeerId.Size + salt.Length)]);
    }

    /// <summary>Where an immutable item lives: the SHA-1 of its encoded value (BEP 44). Does not allocate.</summary>
    public static NodeId ComputeImmutableTarget(ReadOnlySpan<byte> value) => Hash(value);

    private Span<byte> SignatureBytes => _bytes.AsSpan(_bytes.Length - Ed25519.SignatureSize);

    private static bool AreInBounds(ReadOnlySpan<byte> salt, long sequence, ReadOnlySpan<byte> value, ReadOnlySpan<byte> signature) =>
        salt.Length <= MaxSaltSize && sequence >= 0 && value.Length is > 0 and <= MaxValueSize && signature.Length == Ed25519.SignatureSize;

    private static NodeId Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes, hash);
        return new(hash);
    }
}
