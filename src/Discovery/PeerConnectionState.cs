namespace Discovery;

/// <summary>How the application stands to a peer, as the application says (<see cref="IPeerRegistry.Update"/>). A peer that is connecting or connected is in use: it is not given up to make room.</summary>
public enum PeerConnectionState
{
    /// <summary>Not in use.</summary>
    Disconnected,

    /// <summary>A connection is being made.</summary>
    Connecting,

    /// <summary>There is a connection.</summary>
    Connected,
}
