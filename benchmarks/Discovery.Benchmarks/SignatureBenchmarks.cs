using BenchmarkDotNet.Attributes;
using Discovery.Cryptography;

namespace Discovery.Benchmarks;

/// <summary>Ed25519 verification of an item of ordinary size by each native library.</summary>
[MemoryDiagnoser]
public class SignatureBenchmarks
{
    private readonly byte[] _message = new byte[200], _key = new byte[Ed25519.PublicKeySize], _signature = new byte[Ed25519.SignatureSize];
    private CryptographyBackend _sodium = null!, _openSsl = null!;

    [GlobalSetup]
    public void Setup()
    {
        _sodium = CryptographyBackend.Choose(Sodium.LibraryName);
        _openSsl = CryptographyBackend.Choose(OpenSsl.LibraryName);
        new Random(3).NextBytes(_message);
        byte[] seed = new byte[Ed25519.SeedSize];
        _sodium.GetPublicKey(seed, _key);
        _sodium.Sign([.. seed, .. _key], _message, _signature);
    }

    [Benchmark]
    public int VerifyLibsodium() => Verify(_sodium);

    [Benchmark]
    public int VerifyOpenSsl() => Verify(_openSsl);

    private int Verify(CryptographyBackend backend) => Ed25519.Verify(backend, _key, _message, _signature) ? 1 : throw new InvalidOperationException();
}
