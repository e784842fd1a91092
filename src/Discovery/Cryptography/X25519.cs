namespace Discovery.Cryptography;

/// <summary>X25519 key agreement (RFC 7748).</summary>
public static class X25519
{
    /// <summary>The bytes of a private key, a public key and a shared secret: 32.</summary>
    public const int KeySize = 32;

    /// <summary>Derives the public key of a private key; any 32 bytes are a private key.</summary>
    /// <exception cref="ArgumentException">A span is not 32 bytes long.</exception>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    public static void GetPublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        ThrowUnlessKey(privateKey, nameof(privateKey));
        ThrowUnlessKey(publicKey, nameof(publicKey));
        CryptographyBackend.Current.GetAgreementKey(privateKey, publicKey);
    }

    /// <summary>Computes the secret that the holder of <paramref name="privateKey"/> shares with the holder of <paramref name="publicKey"/>'s private half. Does not allocate.</summary>
    /// <returns>False when the result would be all zero (RFC 7748, 6.1): the public key has small order. The destination is then zeroed.</returns>
    /// <exception cref="ArgumentException">A span is not 32 bytes long.</exception>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    public static bool TryAgree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey, Span<byte> sharedSecret) =>
        TryAgree(CryptographyBackend.Current, privateKey, publicKey, sharedSecret);

    internal static bool TryAgree(CryptographyBackend backend, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey, Span<byte> sharedSecret)
    {
        ThrowUnlessKey(privateKey, nameof(privateKey));
        ThrowUnlessKey(publicKey, nameof(publicKey));
        ThrowUnlessKey(sharedSecret, nameof(sharedSecret));
        if (backend.Agree(privateKey, publicKey, sharedSecret))
            return true;
        sharedSecret.Clear();
        return false;
    }

    private static void ThrowUnlessKey(ReadOnlySpan<byte> key, string name)
    {
        if (key.Length != KeySize)
            throw new ArgumentException($"An X25519 key has {KeySize} bytes, not {key.Length}.", name);
    }
}
