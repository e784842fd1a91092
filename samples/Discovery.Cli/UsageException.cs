namespace Discovery.Cli;

/// <summary>What the user asked for cannot be done; the message is one line that says why.</summary>
internal sealed class UsageException(string message) : Exception(message);
