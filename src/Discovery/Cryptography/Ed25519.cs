namespace Discovery.Cryptography;

/// <summary>Ed25519 signatures (RFC 8032, pure, no context), under one rule for all nodes.</summary>
/// <remarks>
/// The rule is the strict one: the public key and R are canonically encoded and not of small order, S is below the group
/// order, and the equation holds without the cofactor. Two nodes that disagreed on one signature would diverge for ever.
/// </remarks>
public static class Ed25519
{
    /// <summary>The bytes of a public key: 32.</summary>
    public const int PublicKeySize = 32;

    /// <summary>The bytes of a private key before it is expanded: 32.</summary>
    public const int SeedSize = 32;

    /// <summary>The bytes of a signature: 64.</summary>
    public const int SignatureSize = 64;

    /// <summary>Whether <paramref name="signature"/> is the signature of <paramref name="message"/> by <paramref name="publicKey"/>. Does not allocate.</summary>
    /// <returns>False too when the key or the signature has the wrong length.</returns>
    /// <exception cref="CryptographyUnavailableException">Neither native library can be used.</exception>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Verify(CryptographyBackend.Current, publicKey, message, signature);

    internal static bool Verify(CryptographyBackend backend, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        publicKey.Length == PublicKeySize && signature.Length == SignatureSize
        && StrictEncoding.IsPoint(publicKey) && StrictEncoding.IsPoint(signature[..PublicKeySize]) && StrictEncoding.IsScalar(signature[PublicKeySize..])
        && backend.Verify(publicKey, message, signature);
}
