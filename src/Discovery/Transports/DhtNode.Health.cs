namespace Discovery.Transports;

/// <content>How the node is doing.</content>
public sealed partial class DhtNode
{
    private long _sent, _received;

    /// <summary>The datagrams that were sent and received since the start.</summary>
    internal (long Sent, long Received) Messages
    {
        get
        {
            lock (_gate)
                return (_sent, _received);
        }
    }

    /// <summary>Whether anybody has answered within this time.</summary>
    internal bool HasHeard(TimeSpan within) => Read(node => node.Families.Any(family => family.LastReceived >= Now - within));

    /// <summary>Whether a stranger, to whom this node had sent nothing for minutes, got through to it within this time.</summary>
    internal bool WasReached(TimeSpan within) => Read(node => node.Families.Any(family => family.LastUnsolicited >= Now - within));
}
