using Discovery.Cryptography;

namespace Discovery.Tests.Cryptography;

public sealed class CryptographyBackendTests
{
    [TestCaseSource(typeof(Backends), nameof(Backends.Names))]
    public void The_switch_forces_a_backend(string name)
    {
        Backends.Get(name);
        AppContext.SetData(CryptographyBackend.SwitchName, name);
        try
        {
            Assert.That(CryptographyBackend.ChooseConfigured().Name, Is.EqualTo(name));
        }
        finally
        {
            AppContext.SetData(CryptographyBackend.SwitchName, null);
        }
    }

    [Test]
    public void An_unknown_backend_is_refused_by_name() => Assert.That(() => CryptographyBackend.Choose("bouncy"),
        Throws.TypeOf<CryptographyUnavailableException>().With.Message.Contains("'bouncy'").And.Message.Contains("libsodium").And.Message.Contains("libcrypto"));

    [Test]
    public void When_neither_loads_the_error_names_both_and_why() => Assert.That(
        () => CryptographyBackend.Choose(null, ("a", reasons => Refuse(reasons, "first reason")), ("b", reasons => Refuse(reasons, "second reason"))),
        Throws.InstanceOf<DiscoveryException>().With.Message.Contains("libsodium").And.Message.Contains("libcrypto")
            .And.Message.Contains("first reason").And.Message.Contains("second reason"));

    [Test]
    public void The_next_backend_is_taken_when_the_first_fails()
    {
        CryptographyBackend second = new Flawed(CryptographyBackend.Current);
        Assert.That(CryptographyBackend.Choose(null, ("a", reasons => Refuse(reasons, "no")), ("b", _ => second)), Is.SameAs(second));
    }

    [TestCase(nameof(CryptographyBackend.Sign), "Ed25519")]
    [TestCase(nameof(CryptographyBackend.GetPublicKey), "Ed25519")]
    [TestCase(nameof(CryptographyBackend.Verify), "Ed25519")]
    [TestCase(nameof(CryptographyBackend.GetAgreementKey), "X25519")]
    [TestCase(nameof(CryptographyBackend.Agree), "X25519")]
    [TestCase("Cofactor", "cofactor")]
    public void A_library_that_computes_something_else_is_turned_away(string flaw, string reason)
    {
        List<string> reasons = [];
        Assert.That(SelfTest.Check(new Flawed(CryptographyBackend.Current, flaw), reasons), Is.Null);
        Assert.That(reasons, Has.Exactly(1).Contains(reason));
    }

    private static CryptographyBackend? Refuse(List<string> reasons, string reason)
    {
        reasons.Add(reason);
        return null;
    }

    /// <summary>A real backend of which one operation is wrong.</summary>
    private sealed class Flawed(CryptographyBackend inner, string? flaw = null) : CryptographyBackend
    {
        public override string Name => "flawed";

        public override void GetPublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey)
        {
            inner.GetPublicKey(seed, publicKey);
            Spoil(nameof(GetPublicKey), publicKey);
        }

        public override void Sign(ReadOnlySpan<byte> seedAndPublicKey, ReadOnlySpan<byte> message, Span<byte> signature)
        {
            inner.Sign(seedAndPublicKey, message, signature);
            Spoil(nameof(Sign), signature);
        }

        public override bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => flaw switch
        {
            nameof(Verify) => true,
            "Cofactor" => inner.Verify(publicKey, message, signature) || message.SequenceEqual("discovery"u8),
            _ => inner.Verify(publicKey, message, signature),
        };

        public override void GetAgreementKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
        {
            inner.GetAgreementKey(privateKey, publicKey);
            Spoil(nameof(GetAgreementKey), publicKey);
        }

        public override bool Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey, Span<byte> shared) =>
            inner.Agree(privateKey, publicKey, shared) || flaw == nameof(Agree);

        private void Spoil(string operation, Span<byte> result) => result[0] ^= (byte)(flaw == operation ? 1 : 0);
    }
}
