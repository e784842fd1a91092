using Discovery.Kademlia;

namespace Discovery.Simulation.Services;

/// <summary>How a virtual peer answers the queries of its network: with a record, proofs, and the names of others. The lock of the engine is held in every call.</summary>
/// <param name="peers">All that there are.</param>
/// <param name="identity">Its key, owned from now on.</param>
/// <param name="network">The network's topic.</param>
/// <param name="profile">What it says of itself.</param>
/// <param name="endPoint">Where it is reached.</param>
internal sealed class VirtualMember(VirtualPeers peers, PeerIdentity identity, NodeId network, DiscoveryOptions profile, PeerEndPoint endPoint) : INetworkMember, IDisposable
{
    private readonly SequenceClock _sequence = new();
    private SignedItem? _record;

    public PeerId Id { get; } = identity.Id;

    public PeerEndPoint EndPoint => endPoint;

    public DiscoveryOptions Profile => profile;

    public NodeId Network => network;

    public SignedItem Record => _record ??= Renew();

    /// <summary>Signs the record anew.</summary>
    public SignedItem Renew() => _record = PeerRecord.Create(identity, network, profile, [endPoint], _sequence.Next(peers.Time.GetUtcNow()));

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => identity.Sign(message, signature);

    /// <remarks>It measures nobody, and so does not know where it is.</remarks>
    public int WriteCoordinate(Span<byte> destination) => 0;

    public int ReadNeighbors(ReadOnlySpan<byte> capability, ReadOnlySpan<byte> region, ReadOnlySpan<byte> coordinate, bool ipv4, Span<(PeerId Id, PeerEndPoint EndPoint)> destination)
    {
        if (!ipv4)
            return 0;
        int count = 0;
        foreach (VirtualPeer near in peers.NearestTo(this, System.Text.Encoding.UTF8.GetString(capability), System.Text.Encoding.UTF8.GetString(region), destination.Length))
            destination[count++] = (near.Id, near.EndPoint);
        return count;
    }

    /// <remarks>Nobody who introduces itself is remembered: it is found where it is announced, in the DHT.</remarks>
    public int Accept(SignedItem record, in PeerEndPoint source) => PeerRecord.TryParse(record, network, peers.Time.GetUtcNow(), out _, out _) ? 0 : KrpcError.Protocol;

    public void Dispose() => identity.Dispose();
}
