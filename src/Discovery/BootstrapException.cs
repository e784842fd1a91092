namespace Discovery;

/// <summary>A bootstrap source is missing, unreadable or malformed. The message names the source and the place.</summary>
public sealed class BootstrapException : DiscoveryException
{
    /// <summary>Creates the exception without a message.</summary>
    public BootstrapException() { }

    /// <summary>Creates the exception with a message.</summary>
    public BootstrapException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and what caused it.</summary>
    public BootstrapException(string message, Exception? innerException) : base(message, innerException) { }
}
