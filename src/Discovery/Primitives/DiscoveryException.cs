namespace Discovery;

/// <summary>The base of every exception that is this library's own.</summary>
public class DiscoveryException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public DiscoveryException() { }

    /// <summary>Creates the exception with a message.</summary>
    public DiscoveryException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and what caused it.</summary>
    public DiscoveryException(string message, Exception? innerException) : base(message, innerException) { }
}
