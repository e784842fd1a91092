namespace Discovery.Simulation.Engine;

/// <summary>A host did what no host may do.</summary>
/// <param name="rule">What it has broken.</param>
/// <param name="message">How.</param>
/// <param name="cause">What it threw; null when it did something else.</param>
internal sealed class HostDefectException(string rule, string message, Exception? cause = null) : Exception(message, cause)
{
    public string Rule => rule;

    /// <summary>A protocol has thrown, which it never may, whatever the network brings.</summary>
    public static HostDefectException Thrown(SimulatedHost host, Exception cause) => new(RuleNames.Exception, $"{host.EndPoint}: {cause}", cause);

    /// <summary>Whether an exception that came out of a protocol's code is that protocol's fault.</summary>
    public static bool IsOf(Exception exception) => exception is not (OutOfMemoryException or HostDefectException or ListenerFailure);
}

/// <summary>What the simulator does when a protocol tells it something has failed: the exception passes through the protocol's code, but is not of its making.</summary>
internal sealed class ListenerFailure(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>Lets the simulator listen to a protocol.</summary>
    public static void Guard(Action listen)
    {
        try
        {
            listen();
        }
        catch (Exception exception) when (exception is not (ListenerFailure or HostDefectException))
        {
            throw new ListenerFailure(exception);
        }
    }
}
