namespace Discovery.Transports;

/// <summary>Moves datagrams between one local end point and the network. It knows nothing of what they mean.</summary>
public interface IDatagramTransport : IAsyncDisposable
{
    /// <summary>The end point that is bound: the real port once <see cref="Start"/> has returned.</summary>
    PeerEndPoint LocalEndPoint { get; }

    /// <summary>Binds and begins to deliver to <paramref name="receiver"/>. Call it once.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The end point cannot be bound.</exception>
    void Start(IDatagramReceiver receiver);

    /// <summary>Sends one datagram, or drops it when the network will not take it now, as UDP does. Never throws for what the network does; may be called from any thread.</summary>
    /// <returns>False when the datagram was dropped here.</returns>
    bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination);
}

/// <summary>What a transport delivers to: calls come one batch at a time, from one thread at a time per transport.</summary>
public interface IDatagramReceiver
{
    /// <summary>A batch of one or more datagrams begins.</summary>
    void BeginBatch();

    /// <summary>One datagram of the batch. An answer to its sender is written straight into <paramref name="reply"/>, which the transport sends after the batch.</summary>
    /// <returns>The length of the reply; 0 for none.</returns>
    int Receive(ReadOnlySpan<byte> datagram, in PeerEndPoint source, Span<byte> reply);

    /// <summary>The batch is over: what it caused may now be sent.</summary>
    void EndBatch();
}
