namespace Discovery.Kademlia;

/// <summary>What the node asks of the layer above when a query is about our own network (PROTOCOL: <c>dsc_identify</c>, <c>dsc_neighbors</c>, <c>dsc_announce</c>).</summary>
internal interface INetworkMember
{
    /// <summary>The network's topic: SHA-1("discovery:" ‖ network ‖ 0x00).</summary>
    NodeId Network { get; }

    /// <summary>Our own record; null until the first one is signed.</summary>
    SignedItem? Record { get; }

    /// <summary>Signs a proof with the identity of <see cref="Record"/>.</summary>
    void Sign(ReadOnlySpan<byte> message, Span<byte> signature);

    /// <summary>Writes where this peer is among round-trip times; <paramref name="destination"/> holds <see cref="KrpcMessage.MaxCoordinateSize"/> bytes.</summary>
    /// <returns>The length; 0 when it is not to be told.</returns>
    int WriteCoordinate(Span<byte> destination);

    /// <summary>Verified peers, the nearest to whoever asks first if it said where it is, else the best first.</summary>
    /// <param name="capability">UTF-8; empty for any.</param>
    /// <param name="region">UTF-8; empty for any.</param>
    /// <param name="coordinate">Where the one who asks says it is; empty when it does not say.</param>
    /// <param name="ipv4">The family of the end points.</param>
    /// <param name="destination">Where they go.</param>
    /// <returns>How many were written.</returns>
    int ReadNeighbors(ReadOnlySpan<byte> capability, ReadOnlySpan<byte> region, ReadOnlySpan<byte> coordinate, bool ipv4, Span<(PeerId Id, PeerEndPoint EndPoint)> destination);

    /// <summary>Takes a record whose signature is good.</summary>
    /// <returns>0, or the KRPC error code of the refusal: 203 malformed or expired, 302 older than the one known.</returns>
    int Accept(SignedItem record, in PeerEndPoint source);

    /// <summary>Whoever is at an end point asked so much that nobody listens to it for a while.</summary>
    void Flooded(in PeerEndPoint source)
    {
    }
}
