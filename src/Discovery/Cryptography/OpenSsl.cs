using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Discovery.Cryptography;

/// <summary>OpenSSL's libcrypto, 1.1.1 or later: what .NET itself loads on Linux.</summary>
internal sealed unsafe partial class OpenSsl : CryptographyBackend
{
    public const string LibraryName = "libcrypto";

    // NID_X25519 and NID_ED25519 of obj_mac.h.
    private const int KeyX25519 = 1034, KeyEd25519 = 1087;

    // Bare libcrypto.dylib is missing on purpose: macOS aborts a process that loads it.
    private static readonly string[] s_fileNames =
    [
        "libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
        "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib", "libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto-1_1-x64.dll", "libcrypto.so",
    ];

    private OpenSsl() { }

    public override string Name => LibraryName;

    public static CryptographyBackend? TryLoad(List<string> reasons)
    {
        if (!NativeLibraries.TryLoad(LibraryName, "EVP_PKEY_new_raw_private_key", s_fileNames))
        {
            reasons.Add($"{LibraryName} is not installed ({string.Join(", ", s_fileNames)} were tried).");
            return null;
        }
        return SelfTest.Check(new OpenSsl(), reasons);
    }

    public override void GetPublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey) => DerivePublicKey(KeyEd25519, seed, publicKey);

    public override void GetAgreementKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey) => DerivePublicKey(KeyX25519, privateKey, publicKey);

    public override void Sign(ReadOnlySpan<byte> seedAndPublicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        nint key = PrivateKey(KeyEd25519, seedAndPublicKey[..32]), context = EVP_MD_CTX_new();
        nuint length = (nuint)signature.Length;
        int done;
        fixed (byte* m = NotNull(message), s = signature)
            done = EVP_DigestSignInit(context, 0, 0, 0, key) == 1 ? EVP_DigestSign(context, s, &length, m, (nuint)message.Length) : 0;
        EVP_MD_CTX_free(context);
        EVP_PKEY_free(key);
        if (done != 1)
            throw Failure("sign");
    }

    public override bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        fixed (byte* p = publicKey, m = NotNull(message), s = signature)
        {
            nint key = EVP_PKEY_new_raw_public_key(KeyEd25519, 0, p, (nuint)publicKey.Length);
            nint context = key == 0 ? 0 : EVP_MD_CTX_new();
            bool valid = context != 0 && EVP_DigestVerifyInit(context, 0, 0, 0, key) == 1
                && EVP_DigestVerify(context, s, (nuint)signature.Length, m, (nuint)message.Length) == 1;
            EVP_MD_CTX_free(context);
            EVP_PKEY_free(key);
            if (!valid)
                ERR_clear_error();
            return valid;
        }
    }

    public override bool Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey, Span<byte> shared)
    {
        nint key = PrivateKey(KeyX25519, privateKey), peer, context = EVP_PKEY_CTX_new(key, 0);
        nuint length = (nuint)shared.Length;
        bool agreed;
        fixed (byte* p = publicKey, s = shared)
        {
            peer = EVP_PKEY_new_raw_public_key(KeyX25519, 0, p, (nuint)publicKey.Length);
            agreed = context != 0 && peer != 0 && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, peer) == 1
                && EVP_PKEY_derive(context, s, &length) == 1;
        }
        EVP_PKEY_CTX_free(context);
        EVP_PKEY_free(peer);
        EVP_PKEY_free(key);
        if (!agreed)
            ERR_clear_error();
        return agreed;
    }

    private static void DerivePublicKey(int type, ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        nint key = PrivateKey(type, privateKey);
        nuint length = (nuint)publicKey.Length;
        int done;
        fixed (byte* p = publicKey)
            done = EVP_PKEY_get_raw_public_key(key, p, &length);
        EVP_PKEY_free(key);
        if (done != 1)
            throw Failure("derive a public key");
    }

    private static nint PrivateKey(int type, ReadOnlySpan<byte> privateKey)
    {
        fixed (byte* p = privateKey)
        {
            nint key = EVP_PKEY_new_raw_private_key(type, 0, p, (nuint)privateKey.Length);
            return key != 0 ? key : throw Failure("read a private key");
        }
    }

    private static CryptographicException Failure(string what)
    {
        ERR_clear_error();
        return new($"{LibraryName} could not {what}.");
    }

    // To OpenSSL a null pointer is not an empty message.
    private static ReadOnlySpan<byte> NotNull(ReadOnlySpan<byte> message) => message.IsEmpty ? "\0"u8 : message;

    [LibraryImport(LibraryName)]
    private static partial nint EVP_PKEY_new_raw_private_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(LibraryName)]
    private static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(LibraryName)]
    private static partial int EVP_PKEY_get_raw_public_key(nint key, byte* publicKey, nuint* length);

    [LibraryImport(LibraryName)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(LibraryName)]
    private static partial nint EVP_MD_CTX_new();

    [LibraryImport(LibraryName)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(LibraryName)]
    private static partial int EVP_DigestSignInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(LibraryName)]
    private static partial int EVP_DigestSign(nint context, byte* signature, nuint* signatureLength, byte* message, nuint messageLength);

    [LibraryImport(LibraryName)]
    private static partial int EVP_DigestVerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(LibraryName)]
    private static partial int EVP_DigestVerify(nint context, byte* signature, nuint signatureLength, byte* message, nuint messageLength);

    [LibraryImport(LibraryName)]
    private static partial nint EVP_PKEY_CTX_new(nint key, nint engine);

    [LibraryImport(LibraryName)]
    private static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(LibraryName)]
    private static partial int EVP_PKEY_derive_init(nint context);

    [LibraryImport(LibraryName)]
    private static partial int EVP_PKEY_derive_set_peer(nint context, nint peer);

    [LibraryImport(LibraryName)]
    private static partial int EVP_PKEY_derive(nint context, byte* shared, nuint* length);

    [LibraryImport(LibraryName)]
    private static partial void ERR_clear_error();
}
