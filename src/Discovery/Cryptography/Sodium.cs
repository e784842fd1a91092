using System.Runtime.InteropServices;

namespace Discovery.Cryptography;

/// <summary>libsodium. Releases up to 1.0.22 check signatures without the cofactor; its development branch does otherwise, and <see cref="SelfTest"/> turns that away.</summary>
internal sealed unsafe partial class Sodium : CryptographyBackend
{
    public const string LibraryName = "libsodium";

    private static readonly string[] s_fileNames =
    [
        "libsodium.so.23", "libsodium.23.dylib", "libsodium.so.26", "libsodium.26.dylib",
        "/opt/homebrew/lib/libsodium.dylib", "/usr/local/lib/libsodium.dylib", "libsodium",
    ];

    private Sodium() { }

    public override string Name => LibraryName;

    public static CryptographyBackend? TryLoad(List<string> reasons)
    {
        if (!NativeLibraries.TryLoad(LibraryName, "crypto_sign_ed25519_verify_detached", s_fileNames) || sodium_init() < 0)
        {
            reasons.Add($"{LibraryName} is not installed ({string.Join(", ", s_fileNames)} were tried).");
            return null;
        }
        return SelfTest.Check(new Sodium(), reasons);
    }

    public override void GetPublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        Span<byte> secretKey = stackalloc byte[64];
        fixed (byte* s = seed, p = publicKey, k = secretKey)
            crypto_sign_ed25519_seed_keypair(p, k, s);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(secretKey);
    }

    public override void Sign(ReadOnlySpan<byte> seedAndPublicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        fixed (byte* k = seedAndPublicKey, m = message, s = signature)
            crypto_sign_ed25519_detached(s, null, m, (ulong)message.Length, k);
    }

    public override bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        fixed (byte* p = publicKey, m = message, s = signature)
            return crypto_sign_ed25519_verify_detached(s, m, (ulong)message.Length, p) == 0;
    }

    public override void GetAgreementKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        fixed (byte* n = privateKey, q = publicKey)
            crypto_scalarmult_curve25519_base(q, n);
    }

    public override bool Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey, Span<byte> shared)
    {
        fixed (byte* n = privateKey, p = publicKey, q = shared)
            return crypto_scalarmult_curve25519(q, n, p) == 0;
    }

    [LibraryImport(LibraryName)]
    private static partial int sodium_init();

    [LibraryImport(LibraryName)]
    private static partial int crypto_sign_ed25519_seed_keypair(byte* publicKey, byte* secretKey, byte* seed);

    [LibraryImport(LibraryName)]
    private static partial int crypto_sign_ed25519_detached(byte* signature, ulong* signatureLength, byte* message, ulong messageLength, byte* secretKey);

    [LibraryImport(LibraryName)]
    private static partial int crypto_sign_ed25519_verify_detached(byte* signature, byte* message, ulong messageLength, byte* publicKey);

    [LibraryImport(LibraryName)]
    private static partial int crypto_scalarmult_curve25519_base(byte* publicKey, byte* privateKey);

    [LibraryImport(LibraryName)]
    private static partial int crypto_scalarmult_curve25519(byte* shared, byte* privateKey, byte* publicKey);
}
