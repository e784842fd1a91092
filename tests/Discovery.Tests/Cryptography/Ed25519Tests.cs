using System.Text.Json;
using Discovery.Cryptography;
using Discovery.Tests.Support;

namespace Discovery.Tests.Cryptography;

[TestFixtureSource(typeof(Backends), nameof(Backends.Names))]
public sealed class Ed25519Tests(string backendName)
{
    private CryptographyBackend _backend = null!;

    [OneTimeSetUp]
    public void ChooseBackend() => _backend = Backends.Get(backendName);

    [TestCase("rfc8032")]
    [TestCase("sign_input_subset")]
    public void Signs_as_the_specification_does(string group)
    {
        foreach (JsonElement vector in Vectors.Load("ed25519_rfc8032").Items(group))
        {
            byte[] seed = vector.Hex("seed"), message = vector.Hex("message");
            byte[] publicKey = new byte[Ed25519.PublicKeySize], signature = new byte[Ed25519.SignatureSize];
            _backend.GetPublicKey(seed, publicKey);
            _backend.Sign([.. seed, .. publicKey], message, signature);
            Assert.That(publicKey, Is.EqualTo(vector.Hex("public_key")), vector.Text("name"));
            Assert.That(signature, Is.EqualTo(vector.Hex("signature")), vector.Text("name"));
            Assert.That(Ed25519.Verify(_backend, publicKey, message, signature), vector.Text("name"));
        }
    }

    [Test]
    public void Cctv_vectors_get_the_strict_verdict() => Check(Vectors.Load("ed25519_cctv").Items("vectors"),
        v => (v.Hex("key"), System.Text.Encoding.UTF8.GetBytes(v.Text("msg")), v.Hex("sig")), Strict, 914);

    [Test]
    public void Speccheck_vectors_get_the_strict_verdict() => Check(Vectors.Load("ed25519_speccheck").Items("vectors"),
        v => (v.Hex("pub_key"), v.Hex("message"), v.Hex("signature")), Strict, 12);

    [Test]
    public void Small_order_vectors_get_the_strict_verdict()
    {
        JsonElement file = Vectors.Load("ed25519_zip215_small_order");
        byte[] message = file.Hex("message_hex");
        Check(file.Items("vectors"), v => (v.Hex("vk"), message, v.Hex("sig")), Strict, 196);
        foreach (JsonElement point in file.Items("small_order_encodings").Concat(file.Items("non_canonical_point_encodings")))
            Assert.That(StrictEncoding.IsPoint(point.Hex("hex")), Is.False, point.Text("hex"));
    }

    [Test]
    public void Wycheproof_vectors_get_the_stated_verdict() => Check(
        Vectors.Load("wycheproof_ed25519_test").Items("testGroups").SelectMany(g => g.Items("tests"), (g, t) => (Key: g.GetProperty("publicKey").Hex("pk"), Test: t)),
        v => (v.Key, v.Test.Hex("msg"), v.Test.Hex("sig")), v => v.Test.Text("result") == "valid", 151);

    [Test]
    public void Every_flipped_bit_breaks_the_signature()
    {
        byte[] key = new byte[64], message = "discovery"u8.ToArray(), signature = new byte[Ed25519.SignatureSize];
        new Random(1).NextBytes(key.AsSpan(0, Ed25519.SeedSize));
        _backend.GetPublicKey(key.AsSpan(0, 32), key.AsSpan(32));
        _backend.Sign(key, message, signature);
        byte[] publicKey = key[32..];
        foreach (byte[] part in (byte[][])[publicKey, message, signature])
        {
            for (int bit = 0; bit < part.Length * 8; bit++)
            {
                part[bit / 8] ^= (byte)(1 << bit % 8);
                Assert.That(Ed25519.Verify(_backend, publicKey, message, signature), Is.False);
                part[bit / 8] ^= (byte)(1 << bit % 8);
            }
        }
        Assert.That(Ed25519.Verify(_backend, publicKey, message, signature));
    }

    [TestCase(31, 64)]
    [TestCase(33, 64)]
    [TestCase(32, 63)]
    [TestCase(32, 65)]
    [TestCase(0, 0)]
    public void A_wrong_length_is_a_wrong_signature(int keySize, int signatureSize) =>
        Assert.That(Ed25519.Verify(_backend, new byte[keySize], [], new byte[signatureSize]), Is.False);

    [Test]
    public void Verifying_does_not_allocate()
    {
        byte[] key = new byte[64], signature = new byte[Ed25519.SignatureSize];
        _backend.GetPublicKey(key.AsSpan(0, 32), key.AsSpan(32));
        _backend.Sign(key, "discovery"u8, signature);
        bool valid = Ed25519.Verify(_backend, key.AsSpan(32), "discovery"u8, signature);
        Assert.That(Allocations.Of(() => valid &= Ed25519.Verify(_backend, key.AsSpan(32), "discovery"u8, signature)), Is.Zero);
        Assert.That(valid);
    }

    private static bool Strict(JsonElement vector) => vector.GetProperty("expected").GetProperty("strict").GetBoolean();

    private void Check<T>(IEnumerable<T> vectors, Func<T, (byte[] Key, byte[] Message, byte[] Signature)> read, Func<T, bool> expected, int count)
    {
        int seen = 0;
        using (Assert.EnterMultipleScope())
        {
            foreach (T vector in vectors)
            {
                (byte[] key, byte[] message, byte[] signature) = read(vector);
                Assert.That(Ed25519.Verify(_backend, key, message, signature), Is.EqualTo(expected(vector)), $"vector {seen}: {vector}");
                seen++;
            }
        }
        Assert.That(seen, Is.EqualTo(count));
    }
}
