using System.Security.Cryptography;

namespace Discovery.Cryptography;

/// <summary>Proves, once per process, that a native library computes what this library relies on: builds differ, and a FIPS provider may refuse these curves.</summary>
internal static class SelfTest
{
    // RFC 8032, 7.1, TEST 2.
    private const string Seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    private const string PublicKey = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    private const string Signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    // RFC 7748, 6.1.
    private const string AlicePrivate = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    private const string AlicePublic = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
    private const string BobPublic = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    private const string Shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";

    // A = aB + T with T of order 8, R = rB, S = r + ha, over "discovery": R - SB + hA is not zero, but eight times it is.
    private const string MixedKey = "4b446254020a978138e981dc8d15978fe53e69f04127f8e916e19441a37919a8";
    private const string MixedSignature = "79f5764f1ebbe51f1225e2ef274e56344fa21ff98dfa02b1a089b4d0d675eb254bff59f9a129fbcb3d35897312fb4bd4cf09c0297aa70bebf9396b8b41b2be00";

    /// <summary>Gives the backend back when it passes; otherwise null, and says why in <paramref name="reasons"/>.</summary>
    public static CryptographyBackend? Check(CryptographyBackend backend, List<string> reasons)
    {
        string? reason;
        try
        {
            reason = !Signs(backend) ? "does not compute Ed25519"
                : !Agrees(backend) ? "does not compute X25519"
                : Ed25519.Verify(backend, Hex(MixedKey), "discovery"u8, Hex(MixedSignature)) ? "checks Ed25519 signatures with the cofactor, which other nodes do not"
                : null;
        }
        catch (Exception e) when (e is CryptographicException or EntryPointNotFoundException)
        {
            reason = $"failed: {e.Message}";
        }
        if (reason is null)
            return backend;
        reasons.Add($"{backend.Name} was found, but it {reason}.");
        return null;
    }

    private static bool Signs(CryptographyBackend backend)
    {
        ReadOnlySpan<byte> message = [0x72];
        byte[] key = [.. Hex(Seed), .. new byte[Ed25519.PublicKeySize]], signature = new byte[Ed25519.SignatureSize];
        backend.GetPublicKey(key.AsSpan(0, Ed25519.SeedSize), key.AsSpan(Ed25519.SeedSize));
        backend.Sign(key, message, signature);
        return key.AsSpan(Ed25519.SeedSize).SequenceEqual(Hex(PublicKey)) && signature.AsSpan().SequenceEqual(Hex(Signature))
            && Ed25519.Verify(backend, Hex(PublicKey), message, signature) && !Ed25519.Verify(backend, Hex(PublicKey), [0x73], signature);
    }

    private static bool Agrees(CryptographyBackend backend)
    {
        byte[] publicKey = new byte[X25519.KeySize], shared = new byte[X25519.KeySize];
        backend.GetAgreementKey(Hex(AlicePrivate), publicKey);
        return publicKey.AsSpan().SequenceEqual(Hex(AlicePublic)) && X25519.TryAgree(backend, Hex(AlicePrivate), Hex(BobPublic), shared)
            && shared.AsSpan().SequenceEqual(Hex(Shared)) && !X25519.TryAgree(backend, Hex(AlicePrivate), new byte[X25519.KeySize], shared);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
