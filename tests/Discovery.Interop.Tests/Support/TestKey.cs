namespace Discovery.Interop.Tests.Support;

/// <summary>A key pair that two implementations share.</summary>
internal sealed class TestKey : IDisposable
{
    private readonly byte[] _seed = new byte[32];

    public TestKey()
    {
        System.Security.Cryptography.RandomNumberGenerator.Fill(_seed);
        Identity = PeerIdentity.FromSeed(_seed);
    }

    public PeerIdentity Identity { get; }

    public string SeedHex => Convert.ToHexStringLower(_seed);

    public string Hex => Convert.ToHexStringLower(Identity.Id.ToArray());

    /// <summary>A text, signed.</summary>
    public SignedItem Sign(string salt, long sequence, string text) =>
        SignedItem.Create(Identity, System.Text.Encoding.Latin1.GetBytes(salt), sequence, Wire.Text(text));

    /// <summary>Where items under this key and a salt are stored.</summary>
    public NodeId Target(string salt) => SignedItem.ComputeTarget(Identity.Id.ToArray(), System.Text.Encoding.Latin1.GetBytes(salt));

    public void Dispose() => Identity.Dispose();
}
