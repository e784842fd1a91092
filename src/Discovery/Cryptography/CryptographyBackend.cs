namespace Discovery.Cryptography;

/// <summary>The arithmetic of Curve25519, done by a native library. Thread-safe; lengths are the caller's duty.</summary>
internal abstract class CryptographyBackend
{
    /// <summary>The <see cref="AppContext"/> datum that forces a backend: <c>libsodium</c> or <c>libcrypto</c>.</summary>
    public const string SwitchName = "Discovery.Cryptography.Backend";

    private static readonly Lazy<CryptographyBackend> s_current = new(ChooseConfigured);

    /// <summary>The backend of this process, chosen on first use.</summary>
    public static CryptographyBackend Current => s_current.Value;

    /// <summary>The name by which <see cref="SwitchName"/> asks for it.</summary>
    public abstract string Name { get; }

    /// <summary>Derives the public key (32 bytes) of an Ed25519 seed (32).</summary>
    public abstract void GetPublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey);

    /// <summary>Signs with <paramref name="seedAndPublicKey"/> (32 + 32 bytes) into 64 bytes.</summary>
    public abstract void Sign(ReadOnlySpan<byte> seedAndPublicKey, ReadOnlySpan<byte> message, Span<byte> signature);

    /// <summary>Checks the equation, without the cofactor, of a key (32) and a signature (64) whose encodings <see cref="StrictEncoding"/> has passed.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>Derives the public key (32 bytes) of an X25519 private key (32).</summary>
    public abstract void GetAgreementKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey);

    /// <summary>X25519 (RFC 7748, 5) of two keys of 32 bytes; false when the result is zero.</summary>
    public abstract bool Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey, Span<byte> shared);

    /// <summary>The backend that <see cref="SwitchName"/> asks for, or the first that works.</summary>
    internal static CryptographyBackend ChooseConfigured() => Choose(AppContext.GetData(SwitchName) as string);

    /// <summary>The backend called <paramref name="name"/>, or the first that works when it is null.</summary>
    /// <exception cref="CryptographyUnavailableException">There is none.</exception>
    internal static CryptographyBackend Choose(string? name) => Choose(name, (Sodium.LibraryName, Sodium.TryLoad), (OpenSsl.LibraryName, OpenSsl.TryLoad));

    internal static CryptographyBackend Choose(string? name, params ReadOnlySpan<(string Name, Func<List<string>, CryptographyBackend?> TryLoad)> backends)
    {
        List<string> reasons = [];
        foreach ((string candidate, Func<List<string>, CryptographyBackend?> tryLoad) in backends)
        {
            if ((name is null || name == candidate) && tryLoad(reasons) is { } backend)
                return backend;
        }
        if (reasons.Count == 0)
            reasons.Add($"The backends are {Sodium.LibraryName} and {OpenSsl.LibraryName}.");
        string which = name is null ? "Neither libsodium nor OpenSSL's libcrypto (1.1.1 or later) can be used." : $"'{SwitchName}' asks for '{name}', which cannot be used.";
        throw new CryptographyUnavailableException(
            $"{which} {string.Join(' ', reasons)} Install one of them, for example with 'apt-get install libsodium23' or 'apt-get install libssl3'.");
    }
}
