using Discovery.Cryptography;

namespace Discovery.Tests.Cryptography;

/// <summary>Both backends in one process; a test of one that is not installed is ignored.</summary>
internal static class Backends
{
    public static readonly string[] Names = ["libsodium", "libcrypto"];

    public static CryptographyBackend Get(string name)
    {
        try
        {
            return CryptographyBackend.Choose(name);
        }
        catch (CryptographyUnavailableException e)
        {
            Assert.Ignore(e.Message);
            throw;
        }
    }
}
