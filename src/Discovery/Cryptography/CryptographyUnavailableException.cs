namespace Discovery;

/// <summary>Neither libsodium nor OpenSSL's libcrypto could be used, or the one that was asked for could not.</summary>
public sealed class CryptographyUnavailableException : DiscoveryException
{
    /// <summary>Creates the exception without a message.</summary>
    public CryptographyUnavailableException() { }

    /// <summary>Creates the exception with a message.</summary>
    public CryptographyUnavailableException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and what caused it.</summary>
    public CryptographyUnavailableException(string message, Exception? innerException) : base(message, innerException) { }
}
