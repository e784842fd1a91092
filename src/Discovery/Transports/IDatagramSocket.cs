namespace Discovery.Transports;

/// <summary>A bound socket as the receive loop sees it. Everything but <see cref="Send"/> and <see cref="Wake"/> belongs to the loop's thread.</summary>
internal interface IDatagramSocket : IDisposable
{
    PeerEndPoint LocalEndPoint { get; }

    /// <summary>Where the next reply is written: <see cref="DatagramSize.MaxSent"/> bytes, another place after each <see cref="Reply"/>.</summary>
    Span<byte> ReplyBuffer { get; }

    /// <summary>Waits for datagrams.</summary>
    /// <returns>How many slots were filled; 0 when woken.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The system reported an error; the socket remains usable if the system lets it.</exception>
    int Receive();

    /// <summary>The datagram in a slot that the last <see cref="Receive"/> filled.</summary>
    /// <returns>False when it was longer than <see cref="DatagramSize.MaxReceived"/>.</returns>
    bool TryGet(int slot, out ReadOnlySpan<byte> datagram, out PeerEndPoint source);

    /// <summary>Sends the first bytes of <see cref="ReplyBuffer"/> to the sender of the datagram in <paramref name="slot"/>, at the latest in <see cref="Flush"/>.</summary>
    void Reply(int slot, int length);

    /// <summary>Sends from the loop's thread, at the latest in <see cref="Flush"/>.</summary>
    bool Enqueue(ReadOnlySpan<byte> datagram, in PeerEndPoint destination);

    /// <summary>Sends what is queued.</summary>
    void Flush();

    /// <summary>Sends now, from any thread, at any moment; false when the network does not take it.</summary>
    bool Send(ReadOnlySpan<byte> datagram, in PeerEndPoint destination);

    /// <summary>Ends a waiting <see cref="Receive"/>, now or the next one, from any thread.</summary>
    void Wake();
}
