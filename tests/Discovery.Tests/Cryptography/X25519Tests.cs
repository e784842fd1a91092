using System.Text.Json;
using Discovery.Cryptography;
using Discovery.Tests.Support;

namespace Discovery.Tests.Cryptography;

[TestFixtureSource(typeof(Backends), nameof(Backends.Names))]
public sealed class X25519Tests(string backendName)
{
    private CryptographyBackend _backend = null!;

    [OneTimeSetUp]
    public void ChooseBackend() => _backend = Backends.Get(backendName);

    [Test]
    public void Computes_what_the_specification_does()
    {
        JsonElement file = Vectors.Load("x25519_rfc7748");
        foreach (JsonElement vector in file.Items("vectors"))
            Assert.That(Agree(vector.Hex("scalar"), vector.Hex("u")), Is.EqualTo(vector.Hex("output")));
        foreach (JsonElement vector in file.Items("iterated"))
        {
            byte[] k = vector.Hex("start"), u = vector.Hex("start");
            for (int i = vector.GetProperty("iterations").GetInt32(); i > 0; i--)
                (k, u) = (Agree(k, u)!, k);
            Assert.That(k, Is.EqualTo(vector.Hex("output")));
        }
        JsonElement both = file.GetProperty("diffie_hellman");
        byte[] publicKey = new byte[X25519.KeySize];
        _backend.GetAgreementKey(both.Hex("bob_private"), publicKey);
        Assert.That(publicKey, Is.EqualTo(both.Hex("bob_public")));
        Assert.That(Agree(both.Hex("alice_private"), both.Hex("bob_public")), Is.EqualTo(both.Hex("shared")));
        Assert.That(Agree(both.Hex("bob_private"), both.Hex("alice_public")), Is.EqualTo(both.Hex("shared")));
    }

    [Test]
    public void Wycheproof_vectors_agree_unless_the_secret_is_zero()
    {
        int seen = 0;
        foreach (JsonElement test in Vectors.Load("wycheproof_x25519_test").Items("testGroups").SelectMany(g => g.Items("tests")))
        {
            byte[] shared = test.Hex("shared");
            Assert.That(Agree(test.Hex("private"), test.Hex("public")), Is.EqualTo(shared.All(b => b == 0) ? null : shared), test.ToString());
            seen++;
        }
        Assert.That(seen, Is.EqualTo(518));
    }

    [Test]
    public void A_wrong_length_is_an_argument_error() => Assert.That(() => X25519.TryAgree(new byte[32], new byte[31], new byte[32]), Throws.ArgumentException);

    private byte[]? Agree(byte[] privateKey, byte[] publicKey)
    {
        byte[] shared = new byte[X25519.KeySize];
        return X25519.TryAgree(_backend, privateKey, publicKey, shared) ? shared : null;
    }
}
